using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>x W' + b; W is (outputs, inputs).</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    private Parameter? ownWeight;
    private Parameter? ownBias;

    internal Linear(Parameter weight, Parameter? bias = null) : base(nameof(Linear))
    {
        in_features = weight.shape[1];
        out_features = weight.shape[0];
        this.weight = weight;
        this.bias = bias;
    }

    internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
    {
        in_features = inputs;
        out_features = outputs;
        weight = empty(outputs, inputs, dtype, device).AsParameter();
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (!hasBias)
            return;
        bias = empty(outputs, dtype, device).AsParameter();
        var bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
        nn.init.uniform_(bias, -bound, bound);
    }

    /// <summary>The matrix.</summary>
    public Parameter weight
    {
        get => ownWeight!;
        set
        {
            Layer.Set(ref ownWeight, value);
            ConditionallyRegisterParameter(nameof(weight), ownWeight);
        }
    }

    /// <summary>The offset, or null.</summary>
    public Parameter? bias
    {
        get => ownBias;
        set
        {
            Layer.Set(ref ownBias, value);
            ConditionallyRegisterParameter(nameof(bias), ownBias);
        }
    }

    /// <summary>Inputs.</summary>
    public long in_features { get; set; }

    /// <summary>Outputs.</summary>
    public long out_features { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);

    /// <inheritdoc/>
    protected override void RegisterComponents() { }
}

internal static class Layer
{
    /// <summary>Puts a tensor in another's place: the old one is disposed, the new one leaves its dispose scope.</summary>
    internal static void Set<T>(ref T? field, T? value) where T : Tensor
    {
        if (ReferenceEquals(field, value))
            return;
        field?.Dispose();
        value?.DetachFromDisposeScope();
        field = value;
    }
}
