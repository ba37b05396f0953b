namespace TorchSharp;

/// <summary>Where a tensor lives; libtorch's numbers.</summary>
public enum DeviceType
{
    /// <summary>Main memory.</summary>
    CPU = 0,
    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
}

/// <summary>How a border is filled.</summary>
public enum PaddingModes
{
    /// <summary>With zeros.</summary>
    Zeros = 0,
    /// <summary>Mirrored.</summary>
    Reflect = 1,
    /// <summary>With the edge's value.</summary>
    Replicate = 2,
    /// <summary>From the other side.</summary>
    Circular = 3,
    /// <summary>With a given value.</summary>
    Constant = 4,
}

/// <summary>A convolution's padding by name.</summary>
public enum Padding
{
    /// <summary>None.</summary>
    Valid = 0,
    /// <summary>So that the output has the input's size.</summary>
    Same = 1,
}

public static partial class torch
{
    /// <summary>Element types; libtorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Unsigned, 8 bits.</summary>
        Byte = 0,
        /// <summary>Signed, 8 bits.</summary>
        Int8 = 1,
        /// <summary>Signed, 16 bits.</summary>
        Int16 = 2,
        /// <summary>Signed, 32 bits.</summary>
        Int32 = 3,
        /// <summary>Signed, 64 bits.</summary>
        Int64 = 4,
        /// <summary>IEEE half precision.</summary>
        Float16 = 5,
        /// <summary>IEEE single precision.</summary>
        Float32 = 6,
        /// <summary>IEEE double precision.</summary>
        Float64 = 7,
        /// <summary>One byte, 0 or 1.</summary>
        Bool = 11,
        /// <summary>The upper half of a single-precision number.</summary>
        BFloat16 = 15,
    }

    /// <summary>What a quotient is rounded to.</summary>
    public enum RoundingMode
    {
        /// <summary>Not rounded.</summary>
        None,
        /// <summary>Towards zero.</summary>
        trunc,
        /// <summary>Downwards.</summary>
        floor,
    }

    /// <summary>Unsigned, 8 bits.</summary>
    public static ScalarType uint8 = ScalarType.Byte;
    /// <summary>Signed, 8 bits.</summary>
    public static ScalarType int8 = ScalarType.Int8;
    /// <summary>Signed, 16 bits.</summary>
    public static ScalarType int16 = ScalarType.Int16;
    /// <summary>Signed, 32 bits.</summary>
    public static ScalarType int32 = ScalarType.Int32;
    /// <summary>Signed, 64 bits.</summary>
    public static ScalarType int64 = ScalarType.Int64;
    /// <summary>IEEE half precision.</summary>
    public static ScalarType float16 = ScalarType.Float16;
    /// <summary>IEEE single precision.</summary>
    public static ScalarType float32 = ScalarType.Float32;
    /// <summary>IEEE double precision.</summary>
    public static ScalarType float64 = ScalarType.Float64;
    /// <summary>Brain floating point.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    /// <summary>True or false.</summary>
    public static ScalarType @bool = ScalarType.Bool;
    /// <summary>Same as <see cref="float32"/>.</summary>
    public static ScalarType @float = ScalarType.Float32;
    /// <summary>Same as <see cref="float64"/>.</summary>
    public static ScalarType @double = ScalarType.Float64;
    /// <summary>Same as <see cref="int64"/>.</summary>
    public static ScalarType @long = ScalarType.Int64;
    /// <summary>Same as <see cref="int32"/>.</summary>
    public static ScalarType @int = ScalarType.Int32;

    internal static bool IsFloating(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    internal static int Code(ScalarType? type) => type is { } t ? (int)t : -1;

    /// <summary>Whether the type is a floating-point type.</summary>
    public static bool is_floating_point(ScalarType type) => IsFloating(type);

    /// <summary>Whether the type is an integer type (bool included).</summary>
    public static bool is_integral(ScalarType type) => !IsFloating(type);
}
