using System.Runtime.InteropServices;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>Compares tensors: largest difference, relative to 1 or to the largest expected value, whichever is more.</summary>
internal static class Close
{
    public static void Assert(TensorContent expected, TensorContent actual, double tolerance, string name)
    {
        Xunit.Assert.True(expected.Shape.SequenceEqual(actual.Shape), $"{name}: [{string.Join(", ", actual.Shape)}], expected [{string.Join(", ", expected.Shape)}]");
        var distance = Distance(expected, actual);
        Xunit.Assert.True(distance <= tolerance, $"{name}: differs by {distance:g3}, more than {tolerance:g3}");
    }

    public static double Distance(TensorContent expected, TensorContent actual) => Distance(Values(expected), Values(actual));

    public static double Distance(double[] expected, double[] actual)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Select(Math.Abs).Append(1).Max();
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]) / scale;
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    public static double[] Values(TensorContent tensor) => tensor.DType switch
    {
        DType.F64 => MemoryMarshal.Cast<byte, double>(tensor.Bytes.Span).ToArray(),
        DType.F32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray(), v => (double)v),
        DType.I64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span).ToArray(), v => (double)v),
        _ => throw new NotSupportedException($"{tensor.DType}"),
    };
}
