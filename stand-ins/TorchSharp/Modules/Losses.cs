using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>-log softmax at the target class.</summary>
public sealed class CrossEntropyLoss : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Tensor? weight;
    private readonly long ignored;
    private readonly nn.Reduction reduction;

    internal CrossEntropyLoss(Tensor? weight, long? ignore, nn.Reduction reduction) : base(nameof(CrossEntropyLoss))
    {
        this.weight = weight;
        ignored = ignore ?? -100;
        this.reduction = reduction;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input, Tensor target) => nn.functional.cross_entropy(input, target, weight, ignored, reduction);
}
