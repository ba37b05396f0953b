using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One module after the other.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.IModule<Tensor, Tensor>> steps = [];

    /// <summary>Of named modules.</summary>
    protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules)
            append(name, module);
    }

    /// <summary>Of modules named 0, 1, ...</summary>
    protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
    {
        foreach (var module in modules)
            append(module);
    }

    /// <summary>Number of modules.</summary>
    public int Count => steps.Count;

    /// <summary>One of them.</summary>
    [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => steps[index];

    /// <summary>Adds one at the end.</summary>
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        register_module(name, (nn.Module)module);
        steps.Add(module);
        return this;
    }

    /// <summary>Adds one at the end.</summary>
    public Sequential append(nn.IModule<Tensor, Tensor> module) => append(steps.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor)
    {
        if (steps.Count == 0)
            return tensor.alias();
        var result = steps[0].call(tensor);
        for (var i = 1; i < steps.Count; i++)
        {
            var next = steps[i].call(result);
            if (!ReferenceEquals(next, result) && !ReferenceEquals(result, tensor))
                result.Dispose();
            result = next;
        }
        return result;
    }

    /// <inheritdoc/>
    protected override void RegisterComponents() { }
}
