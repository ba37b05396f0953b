using static TorchSharp.torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Neural networks.</summary>
    public static partial class nn
    {
        /// <summary>A tensor that is trained; takes over the data.</summary>
        public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
    }
}

/// <summary>Conversions of tensors.</summary>
public static partial class TensorExtensionMethods
{
    /// <summary>As a parameter; takes over the data.</summary>
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>Bytes an element.</summary>
    public static int ElementSize(this ScalarType type) => (int)SizeOf(type);

    /// <summary>The value of a tensor with one element, converted.</summary>
    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();

    /// <summary>The value of a tensor with one element, converted.</summary>
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();

    /// <summary>The value of a tensor with one element, converted.</summary>
    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();

    /// <summary>The value of a tensor with one element, converted.</summary>
    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();

    /// <summary>The value of a tensor with one element, converted.</summary>
    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();
}
