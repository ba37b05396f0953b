using static TorchSharp.Interop.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent.</summary>
public unsafe class SGD : OptimizerHelper, IMomentum
{
    private readonly Options defaults;

    /// <summary>Over parameters with the same options.</summary>
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

    /// <summary>Over groups; what their options leave out is as given here.</summary>
    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        if (lr < 0)
            throw new ArgumentException($"Invalid learning rate: {lr}");
        if (momentum < 0)
            throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0)
            throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (nesterov && (momentum <= 0 || dampening != 0))
            throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        defaults = new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
        foreach (var group in parameters)
            add_param_group(group);
    }

    /// <inheritdoc/>
    public double Momentum { get => defaults.momentum!.Value; set => defaults.momentum = value; }

    /// <inheritdoc/>
    public override void add_param_group(Modules.ParamGroup param_group)
    {
        if (param_group.Options is not Options own)
        {
            own = new Options();
            if (param_group.Options.LearningRate is { } lr)
                own.LearningRate = lr;
            param_group.Options = own;
        }
        own.LearningRate ??= defaults.LearningRate;
        own.momentum ??= defaults.momentum;
        own.dampening ??= defaults.dampening;
        own.weight_decay ??= defaults.weight_decay;
        own.nesterov ??= defaults.nesterov;
        own.maximize ??= defaults.maximize;
        Add(param_group, p => new State(p));
    }

    /// <summary>One native call a group.</summary>
    public override Tensor? step(Func<Tensor>? closure = null)
    {
        var loss = Evaluate(closure);
        foreach (var group in Groups)
        {
            var o = (Options)group.Options;
            var list = (Parameter[])group.Parameters;
            var handles = Handles(list);
            var buffers = new IntPtr[list.Length];
            for (var i = 0; i < list.Length; i++)
                buffers[i] = ((State)States[list[i]]).momentum_buffer is { } b ? b.Handle : IntPtr.Zero;
            int status;
            fixed (IntPtr* p = handles, m = buffers)
                status = ts_sgd_step(p, m, list.Length, o.LearningRate!.Value, o.momentum!.Value, o.dampening!.Value, o.weight_decay!.Value, o.nesterov!.Value ? 1 : 0, o.maximize!.Value ? 1 : 0);
            for (var i = 0; i < list.Length; i++)
            {
                var state = (State)States[list[i]];
                if (state.momentum_buffer is null && buffers[i] != IntPtr.Zero)
                    state.momentum_buffer = new Tensor(buffers[i]).DetachFromDisposeScope();
            }
            Check(status, list);
        }
        return loss;
    }

    /// <summary>State of a parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>The smoothed gradient; null before the first step.</summary>
        public Tensor? momentum_buffer;

        /// <summary>Of a parameter.</summary>
        public State(Parameter parameter) : base(parameter) { }

        /// <summary>Releases the buffer.</summary>
        public void Dispose() => momentum_buffer?.Dispose();

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            momentum_buffer?.Dispose();
            momentum_buffer = null;
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source) => Copy(ref momentum_buffer, ((State)source).momentum_buffer, Parameter.device);

        /// <inheritdoc/>
        public override void to(Device device)
        {
            if (momentum_buffer is { } buffer && (buffer.device_type != device.type || buffer.device_index != device.index))
                momentum_buffer = buffer.to(device, disposeAfter: true).DetachFromDisposeScope();
        }
    }

    /// <summary>Options of a group; null is the optimizer's.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>The share of the old direction.</summary>
        public double? momentum;
        /// <summary>The share of the gradient left out of it.</summary>
        public double? dampening;
        /// <summary>The share of the parameter added to its gradient.</summary>
        public double? weight_decay;
        /// <summary>Whether to look ahead.</summary>
        public bool? nesterov;
        /// <summary>Whether to go up.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var from = (Options)source;
            momentum = from.momentum;
            dampening = from.dampening;
            weight_decay = from.weight_decay;
            nesterov = from.nesterov;
            maximize = from.maximize;
        }
    }

    /// <summary>Parameters with common options.</summary>
    public class ParamGroup : ParamGroup<Options>, IMomentum
    {
        /// <summary>Empty.</summary>
        public ParamGroup() => base.Options = new Options();

        /// <summary>Of these.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        /// <summary>Of these.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

        /// <inheritdoc/>
        public double Momentum { get => Options.momentum!.Value; set => Options.momentum = value; }
    }
}
