using System.Diagnostics.CodeAnalysis;

namespace FedOperator.Core.Tensors;

/// <summary>Sizes and names of the element types.</summary>
public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.F64 or DType.I64 => 8,
        DType.F32 or DType.I32 => 4,
        DType.BF16 or DType.F16 => 2,
        DType.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>True for the types that hold NaN and infinities.</summary>
    public static bool IsFloat(this DType type) => type is DType.F32 or DType.F64 or DType.BF16 or DType.F16;

    /// <summary>The name in a safetensors header.</summary>
    public static string Name(this DType type) => type switch
    {
        DType.F32 => "F32",
        DType.F64 => "F64",
        DType.BF16 => "BF16",
        DType.F16 => "F16",
        DType.I64 => "I64",
        DType.I32 => "I32",
        DType.U8 => "U8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>The type of that name in a safetensors header; names are case-sensitive.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out DType type)
    {
        (var known, type) = name switch
        {
            "F32" => (true, DType.F32),
            "F64" => (true, DType.F64),
            "BF16" => (true, DType.BF16),
            "F16" => (true, DType.F16),
            "I64" => (true, DType.I64),
            "I32" => (true, DType.I32),
            "U8" => (true, DType.U8),
            _ => (false, default),
        };
        return known;
    }
}
