using FedOperator.Core.Api;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>PyTorch's SGD (torch/optim/sgd.py): d = gradient + weightDecay p, v = momentum v + d, p -= rate v; its momentum can leave the process and come back.</summary>
internal sealed class Sgd : IDisposable
{
    private const string Prefix = "optimizer.momentum.";
    private readonly IReadOnlyList<(string Name, Parameter Parameter)> _parameters;
    private readonly Tensor[]? _momentum;
    private readonly Scalar _factor;
    private readonly Scalar? _decay;

    /// <summary>Momentum zero.</summary>
    public Sgd(IReadOnlyList<(string Name, Parameter Parameter)> parameters, OptimizerSpec spec)
    {
        _parameters = parameters;
        _factor = spec.Momentum;
        _decay = spec.WeightDecay == 0 ? null : spec.WeightDecay;
        _momentum = spec.Momentum == 0 ? null : [.. parameters.Select(p => zeros_like(p.Parameter).DetachFromDisposeScope())];
    }

    /// <summary>One step along the gradients of the last backward pass, which it leaves in place.</summary>
    /// <param name="minusRate">Minus the learning rate.</param>
    public void Step(Scalar minusRate)
    {
        using var nothing = no_grad();
        for (var i = 0; i < _parameters.Count; i++)
        {
            var parameter = _parameters[i].Parameter;
            if (parameter.grad is not { } gradient)
                continue;
            if (_decay is not null)
                gradient = gradient.add(parameter, _decay);
            if (_momentum is not null)
                gradient = _momentum[i].mul_(_factor).add_(gradient);
            parameter.add_(gradient, minusRate);
        }
    }

    /// <summary>Momentum zero, as at the start.</summary>
    public void Reset()
    {
        foreach (var momentum in _momentum ?? [])
            momentum.zero_().Dispose();
    }

    /// <summary>The momentum, in the order of the parameters; nothing without momentum.</summary>
    public IEnumerable<TensorContent> Export() => (_momentum ?? []).Select((v, i) => TensorContent.Of(Prefix + _parameters[i].Name, v));

    /// <summary>Takes the momentum out of personal state.</summary>
    /// <exception cref="InvalidDataException">A parameter's momentum is missing.</exception>
    public void Import(IReadOnlyDictionary<string, TensorContent> state)
    {
        for (var i = 0; i < _momentum?.Length; i++)
        {
            var name = Prefix + _parameters[i].Name;
            (state.GetValueOrDefault(name) ?? throw new InvalidDataException($"{name}: missing in the personal state")).CopyTo(_momentum[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var momentum in _momentum ?? [])
            momentum.Dispose();
        _factor.Dispose();
        _decay?.Dispose();
    }
}
