using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Normalization;

/// <summary>How running statistics follow what was seen.</summary>
internal static class RunningStatistics
{
    /// <summary>running = (1 - m) running + m seen, in float64, rounded once to the tensor's type.</summary>
    /// <param name="running">(C)</param>
    /// <param name="seen">(C)</param>
    /// <param name="m">PyTorch's momentum, in [0, 1].</param>
    public static void Move(Tensor running, double[] seen, double m)
    {
        using var nothing = no_grad();
        using var scope = NewDisposeScope();
        var old = TensorContent.Doubles(running);
        var moved = new double[old.Length];
        for (var c = 0; c < moved.Length; c++)
            moved[c] = ((1 - m) * old[c]) + (m * seen[c]);
        running.copy_(tensor(moved, ScalarType.Float64));
    }
}
