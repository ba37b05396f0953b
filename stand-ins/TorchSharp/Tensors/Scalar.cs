using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number of any type, made by conversion from C#'s.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly ScalarArg Arg;

    internal Scalar(ScalarArg arg) => Arg = arg;

    /// <summary>Int64, Float64 or Bool: scalars carry no narrower type.</summary>
    public torch.ScalarType Type => Arg.Kind switch { 0 => torch.ScalarType.Int64, 1 => torch.ScalarType.Float64, _ => torch.ScalarType.Bool };

    /// <summary>Does nothing here.</summary>
    public void Dispose() { }

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(byte value) => (long)value;
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(sbyte value) => (long)value;
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(short value) => (long)value;
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => (long)value;
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(new ScalarArg { Kind = 0, Integer = value });
    /// <summary>A real number.</summary>
    public static implicit operator Scalar(Half value) => (double)value;
    /// <summary>A real number.</summary>
    public static implicit operator Scalar(float value) => (double)value;
    /// <summary>A real number.</summary>
    public static implicit operator Scalar(double value) => new(new ScalarArg { Kind = 1, Real = value });
    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(new ScalarArg { Kind = 2, Integer = value ? 1 : 0 });
}

/// <summary>Conversions of scalars.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>As a scalar.</summary>
    public static Scalar ToScalar(this int value) => value;
    /// <summary>As a scalar.</summary>
    public static Scalar ToScalar(this long value) => value;
    /// <summary>As a scalar.</summary>
    public static Scalar ToScalar(this float value) => value;
    /// <summary>As a scalar.</summary>
    public static Scalar ToScalar(this double value) => value;
    /// <summary>As a scalar.</summary>
    public static Scalar ToScalar(this bool value) => value;
    /// <summary>The value, converted.</summary>
    public static double ToDouble(this Scalar value) => value.Arg.Kind == 1 ? value.Arg.Real : value.Arg.Integer;
    /// <summary>The value, converted.</summary>
    public static float ToSingle(this Scalar value) => (float)value.ToDouble();
    /// <summary>The value, converted.</summary>
    public static long ToInt64(this Scalar value) => value.Arg.Kind == 1 ? (long)value.Arg.Real : value.Arg.Integer;
    /// <summary>The value, converted.</summary>
    public static int ToInt32(this Scalar value) => (int)value.ToInt64();
    /// <summary>The value, converted.</summary>
    public static bool ToBoolean(this Scalar value) => value.ToDouble() != 0;
}
