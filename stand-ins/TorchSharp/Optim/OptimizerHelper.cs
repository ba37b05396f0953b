using static TorchSharp.Interop.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Options of a group.</summary>
public class OptimizerOptions
{
    /// <summary>The rate now.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The rate at the start.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Copies.</summary>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        LearningRate = source.LearningRate;
        InitialLearningRate = source.InitialLearningRate;
    }
}

/// <summary>State of a parameter.</summary>
public abstract class OptimizerState
{
    private protected readonly Parameter Parameter;

    /// <summary>Of a parameter.</summary>
    protected OptimizerState(Parameter parameter) => Parameter = parameter;

    /// <summary>Copies.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>As at the start.</summary>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>To a device.</summary>
    public virtual void to(Device device) { }

    private protected static void Copy(ref Tensor? target, Tensor? source, Device device)
    {
        if (ReferenceEquals(target, source))
            return;
        target?.Dispose();
        target = source?.to(device, copy: true).DetachFromDisposeScope();
    }
}

/// <summary>Parameters with common options.</summary>
public class ParamGroup : ILearningRateController
{
    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    /// <summary>The options.</summary>
    public OptimizerOptions Options { get; set; } = new();

    /// <inheritdoc/>
    public double LearningRate { get => Options.LearningRate!.Value; set => Options.LearningRate = value; }

    /// <inheritdoc/>
    public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
}

/// <summary>Parameters with common options of a known type.</summary>
public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
{
    /// <summary>Empty.</summary>
    public ParamGroup() { }

    /// <summary>Of these; what the options leave out comes from the optimizer.</summary>
    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        if (options is not null)
            base.Options = options;
    }

    /// <summary>The options.</summary>
    public new TOptions Options { get => (TOptions)base.Options; set => base.Options = value; }
}

/// <summary>An optimizer with groups and a state per parameter.</summary>
public abstract unsafe class OptimizerHelper : Optimizer
{
    /// <summary>Without parameters.</summary>
    protected OptimizerHelper() : base(IntPtr.Zero) { }

    private protected Dictionary<Parameter, OptimizerState> States { get; } = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public override void zero_grad()
    {
        foreach (var group in Groups)
        {
            var list = group.Parameters as Parameter[] ?? group.Parameters.ToArray();
            var handles = Handles(list);
            fixed (IntPtr* p = handles)
                Check(ts_zero_grads(p, handles.Length, 0), list);
        }
    }

    /// <summary>The options of each group and the state of each parameter, live.</summary>
    public virtual StateDictionary state_dict()
    {
        var all = new StateDictionary();
        foreach (var group in Groups)
        {
            all.Options.Add(group.Options);
            all.State.AddRange(group.Parameters.Select(p => States[p]));
        }
        return all;
    }

    /// <summary>Copies options and state in.</summary>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        if (own.Options.Count != state_dict.Options.Count)
            throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        if (own.State.Count != state_dict.State.Count)
            throw new ArgumentException("Invalid optimizer state -- different number of states.");
        for (var i = 0; i < own.Options.Count; i++)
            if (!ReferenceEquals(own.Options[i], state_dict.Options[i]))
                own.Options[i].LoadStateDict(state_dict.Options[i]);
        for (var i = 0; i < own.State.Count; i++)
            if (!ReferenceEquals(own.State[i], state_dict.State[i]))
                own.State[i].LoadStateDict(state_dict.State[i]);
    }

    /// <summary>The state to a device.</summary>
    public void to(Device device)
    {
        foreach (var state in States.Values)
            state.to(device);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var state in States.Values)
            (state as IDisposable)?.Dispose();
        States.Clear();
    }

    private protected void Add(ParamGroup group, Func<Parameter, OptimizerState> state)
    {
        group.Parameters = group.Parameters.ToArray();
        group.InitialLearningRate = group.LearningRate;
        foreach (var p in group.Parameters)
        {
            var s = state(p);
            if (!States.TryAdd(p, s))
                throw new ArgumentException("some parameters appear in more than one parameter group");
            s.Initialize(group.Options);
        }
        Groups.Add(group);
    }

    private protected static Tensor? Evaluate(Func<Tensor>? closure)
    {
        if (closure is null)
            return null;
        using var recorded = enable_grad();
        return closure();
    }
}
