using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A module that has nothing to train, move or convert.</summary>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>
{
    /// <summary>By a name for messages.</summary>
    protected ParameterLessModule(string name) : base(name) { }

    /// <summary>Nothing to move.</summary>
    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    /// <summary>Nothing to move.</summary>
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    /// <summary>Nothing to convert.</summary>
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    /// <summary>Refused.</summary>
    public override void register_buffer(string name, Tensor tensor, bool persistent = true) =>
        throw new InvalidOperationException($"Cannot register a buffer on a module that is declared 'parameter-less.'");

    /// <summary>Refused.</summary>
    public override void register_parameter(string name, Parameter param) =>
        throw new InvalidOperationException($"Cannot register a parameter on a module that is declared 'parameter-less.'");

    /// <summary>Refused.</summary>
    public override void register_module(string name, nn.Module submodule) =>
        throw new InvalidOperationException($"Cannot register a submodule on a module that is declared 'parameter-less.'");
}
