package io.refract.train.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of TensorBoard's events: protocol buffers of {@code tensorflow.Event} (event.proto,
 * summary.proto and tensor.proto of TensorFlow), framed as records of the TFRecord format. Only the
 * few fields that are written here are known, which a library of 2 MB would not make shorter.
 */
final class TensorBoardEvents {

  /** Added to a rotated checksum, so that data which hold checksums are safe too (TFRecord). */
  private static final int MASK_DELTA = 0xa282ead8;

  private static final int SESSION_START = 1;
  private static final int TYPE_STRING = 7;

  /** {@code DATA_CLASS_TENSOR}: without it a text would be taken for no text. */
  private static final int CLASS_TENSOR = 2;

  private TensorBoardEvents() {}

  /** Frames an event: length, its checksum, the bytes, their checksum; little endian. */
  static byte[] record(byte[] event) {
    ByteBuffer record = ByteBuffer.allocate(event.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length);
    record.putInt(maskedChecksum(record.array(), 0, 8));
    record.put(event);
    record.putInt(maskedChecksum(event, 0, event.length));
    return record.array();
  }

  private static int maskedChecksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }

  /** The event that begins every file. */
  static byte[] version(double time) {
    return new Message().number(1, time).text(3, "brain.Event:2").bytes();
  }

  /** Tells that a training goes on: what was written of this step and later ones is void. */
  static byte[] start(double time, long step) {
    Message log = new Message().integer(1, SESSION_START);
    return new Message().number(1, time).integer(2, step).message(7, log).bytes();
  }

  /** Values of one step. */
  static byte[] scalars(double time, long step, Map<String, Double> values) {
    Message summary = new Message();
    values.forEach(
        (tag, value) -> summary.message(1, new Message().text(1, tag).real(2, value.floatValue())));
    return new Message().number(1, time).integer(2, step).message(5, summary).bytes();
  }

  /** A text in Markdown. */
  static byte[] text(double time, long step, String tag, String markdown) {
    Message shape = new Message().message(2, new Message().integer(1, 1));
    Message tensor = new Message().integer(1, TYPE_STRING).message(2, shape).text(8, markdown);
    Message metadata =
        new Message().message(1, new Message().text(1, "text")).integer(4, CLASS_TENSOR);
    Message value = new Message().text(1, tag).message(8, tensor).message(9, metadata);
    Message summary = new Message().message(1, value);
    return new Message().number(1, time).integer(2, step).message(5, summary).bytes();
  }

  /** Writes fields of a protocol buffer, by their numbers. */
  private static final class Message {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message integer(int field, long value) {
      key(field, VARINT);
      varint(value);
      return this;
    }

    Message number(int field, double value) {
      key(field, FIXED_64);
      fixed(Double.doubleToRawLongBits(value), Double.BYTES);
      return this;
    }

    Message real(int field, float value) {
      key(field, FIXED_32);
      fixed(Float.floatToRawIntBits(value), Float.BYTES);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    private Message bytes(int field, byte[] value) {
      key(field, LENGTH_DELIMITED);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void key(int field, int wireType) {
      varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private void fixed(long bits, int bytes) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (bits >>> (8 * i)));
      }
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
