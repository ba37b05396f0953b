namespace FedOperator.Core.Tensors;

/// <summary>Element types of safetensors that FedOperator reads and writes. Little-endian.</summary>
public enum DType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>8-bit unsigned integer.</summary>
    U8,
}
