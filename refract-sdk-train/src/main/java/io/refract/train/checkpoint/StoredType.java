package io.refract.train.checkpoint;

import java.nio.ByteBuffer;

/** The element types of a safetensors file that can be read as 32-bit floats. */
enum StoredType {
  F32(4) {
    @Override
    float next(ByteBuffer source) {
      return source.getFloat();
    }
  },
  F16(2) {
    @Override
    float next(ByteBuffer source) {
      return halfToFloat(source.getShort());
    }
  },
  BF16(2) {
    @Override
    float next(ByteBuffer source) {
      // A bfloat16 is the upper half of a float.
      return Float.intBitsToFloat(source.getShort() << Short.SIZE);
    }
  },
  F64(8) {
    @Override
    float next(ByteBuffer source) {
      return (float) source.getDouble();
    }
  };

  private static final int HALF_SIGN = 0x8000;
  private static final int HALF_MAGNITUDE = 0x7fff;
  private static final int HALF_INFINITY = 0x7c00;
  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final int MANTISSA_SHIFT = 13;

  /** Moves a half's magnitude bits, read as a float, to the half's exponent range. */
  private static final float HALF_RESCALE = 0x1p112f;

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of an element in bytes. */
  int bytes() {
    return bytes;
  }

  /** Returns the next element of a little-endian buffer as a float. */
  abstract float next(ByteBuffer source);

  /**
   * Widens an IEEE 754 half exactly, subnormal numbers, infinities and NaN payloads included; the
   * platform's own method exists only from Java 20 on.
   */
  static float halfToFloat(short half) {
    int sign = (half & HALF_SIGN) << Short.SIZE;
    int magnitude = half & HALF_MAGNITUDE;
    int bits =
        magnitude >= HALF_INFINITY
            ? FLOAT_INFINITY | (magnitude & ~HALF_INFINITY) << MANTISSA_SHIFT
            : Float.floatToRawIntBits(
                Float.intBitsToFloat(magnitude << MANTISSA_SHIFT) * HALF_RESCALE);
    return Float.intBitsToFloat(sign | bits);
  }
}
