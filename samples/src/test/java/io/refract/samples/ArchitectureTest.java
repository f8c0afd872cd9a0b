package io.refract.samples;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * Holds the directions between modules and packages: {@code train -> core <- snowflake <-
 * embedded}, no cycles, no foreign types in exported signatures.
 */
class ArchitectureTest {

  private static final String CORE = "io.refract.core";
  private static final String TRAIN = "io.refract.train";
  private static final String SNOWFLAKE = "io.refract.snowflake";
  private static final String EMBEDDED = "io.refract.snowflake.embedded";

  /** The packages of each module, as its descriptor lists them. */
  private static final Set<ModuleReference> MODULES = modules();

  private static final JavaClasses SDK =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("io/refract/samples"))
          .importPackages("io.refract");

  private static Set<ModuleReference> modules() {
    Path[] paths =
        Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
            .filter(entry -> entry.contains("refract-sdk"))
            .map(Path::of)
            .toArray(Path[]::new);
    return Arrays.stream(paths)
        .flatMap(path -> ModuleFinder.of(path).findAll().stream())
        .filter(module -> module.descriptor().name().startsWith("io.refract"))
        .collect(Collectors.toSet());
  }

  private static Set<String> packages(String module) {
    return MODULES.stream()
        .map(ModuleReference::descriptor)
        .filter(descriptor -> descriptor.name().equals(module))
        .flatMap(descriptor -> descriptor.packages().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String[] packagesOf(String... modules) {
    return Stream.of(modules).flatMap(module -> packages(module).stream()).toArray(String[]::new);
  }

  private static Set<String> exportedPackages() {
    return MODULES.stream()
        .flatMap(module -> module.descriptor().exports().stream())
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void the_scan_finds_all_modules_and_their_classes() {
    assertThat(MODULES)
        .extracting(module -> module.descriptor().name())
        .containsExactlyInAnyOrder(CORE, TRAIN, SNOWFLAKE, EMBEDDED);
    assertThat(SDK.size()).isGreaterThan(150);
  }

  @Test
  void packages_form_no_cycles() {
    slices().matching("io.refract.(**)").should().beFreeOfCycles().check(SDK);
  }

  @Test
  void core_knows_neither_tensors_nor_sql_nor_the_other_modules() {
    noClasses()
        .that()
        .resideInAnyPackage(packagesOf(CORE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            concat(packagesOf(TRAIN, SNOWFLAKE, EMBEDDED), "ai.djl..", "java.sql..", "javax.sql.."))
        .check(SDK);
  }

  @Test
  void train_and_snowflake_never_see_each_other() {
    noClasses()
        .that()
        .resideInAnyPackage(packagesOf(TRAIN))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(packagesOf(SNOWFLAKE, EMBEDDED), "net.snowflake.."))
        .check(SDK);
    noClasses()
        .that()
        .resideInAnyPackage(packagesOf(SNOWFLAKE, EMBEDDED))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(packagesOf(TRAIN), "ai.djl.."))
        .check(SDK);
  }

  @Test
  void snowflake_knows_neither_the_driver_nor_the_embedded_server() {
    noClasses()
        .that()
        .resideInAnyPackage(packagesOf(SNOWFLAKE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(packagesOf(EMBEDDED), "net.snowflake.."))
        .check(SDK);
  }

  @Test
  void exported_signatures_name_no_foreign_type() {
    Set<String> exported = exportedPackages();
    classes()
        .that()
        .arePublic()
        .and()
        .resideInAnyPackage(exported.toArray(String[]::new))
        .should(onlyExposeTypesOf(exported))
        .check(SDK);
  }

  @Test
  void every_package_is_null_marked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaPackage javaPackage : SDK.getPackage("io.refract").getSubpackagesInTree()) {
      if (!javaPackage.getClasses().isEmpty() && !javaPackage.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(javaPackage.getName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void the_sdk_prints_nothing_to_standard_output() {
    noClasses().should().accessField(System.class, "out").check(SDK);
  }

  private static String[] concat(String[] packages, String... more) {
    return Stream.concat(Stream.of(packages), Stream.of(more)).toArray(String[]::new);
  }

  private static ArchCondition<JavaClass> onlyExposeTypesOf(Set<String> exported) {
    return new ArchCondition<>("only expose types of the JDK and of exported packages") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        item.getCodeUnits().stream()
            .filter(unit -> isVisible(unit))
            .flatMap(
                unit ->
                    Stream.concat(
                            unit.getRawParameterTypes().stream(),
                            Stream.of(unit.getRawReturnType()))
                        .map(JavaClass::getBaseComponentType)
                        .filter(type -> !isAllowed(type, exported))
                        .map(type -> unit.getFullName() + " exposes " + type.getName()))
            .forEach(message -> events.add(SimpleConditionEvent.violated(item, message)));
      }
    };
  }

  private static boolean isVisible(JavaCodeUnit unit) {
    return (unit.getModifiers().contains(PUBLIC) || unit.getModifiers().contains(PROTECTED))
        && !unit.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC);
  }

  private static boolean isAllowed(JavaClass type, Set<String> exported) {
    return type.isPrimitive()
        || type.getPackageName().startsWith("java.")
        || type.getPackageName().startsWith("javax.")
        || exported.contains(type.getPackageName());
  }
}
