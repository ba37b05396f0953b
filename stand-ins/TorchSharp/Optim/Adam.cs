using static TorchSharp.Interop.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adam, arXiv 1412.6980.</summary>
public unsafe class Adam : OptimizerHelper, IBetas
{
    private readonly Options defaults;

    /// <summary>Over parameters with the same options.</summary>
    public Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    /// <summary>Over groups; what their options leave out is as given here.</summary>
    public Adam(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        if (lr < 0)
            throw new ArgumentException($"Invalid learning rate: {lr}");
        if (beta1 is < 0 or >= 1)
            throw new ArgumentException($"Invalid beta1 value: {beta1}");
        if (beta2 is < 0 or >= 1)
            throw new ArgumentException($"Invalid beta2 value: {beta2}");
        defaults = new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize };
        foreach (var group in parameters)
            add_param_group(group);
    }

    /// <inheritdoc/>
    public (double, double) Betas
    {
        get => (defaults.beta1!.Value, defaults.beta2!.Value);
        set => (defaults.beta1, defaults.beta2) = (value.Item1, value.Item2);
    }

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
        own.beta1 ??= defaults.beta1;
        own.beta2 ??= defaults.beta2;
        own.eps ??= defaults.eps;
        own.weight_decay ??= defaults.weight_decay;
        own.amsgrad ??= defaults.amsgrad;
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
            var n = list.Length;
            var handles = Handles(list);
            IntPtr[] mean = new IntPtr[n], square = new IntPtr[n], largest = new IntPtr[n];
            var steps = new long[n];
            for (var i = 0; i < n; i++)
            {
                var state = (State)States[list[i]];
                using (var gradient = list[i].grad)
                    if (gradient is not null)
                        state.step++;
                (mean[i], square[i], largest[i]) = (state.exp_avg!.Handle, state.exp_avg_sq!.Handle, state.max_exp_avg_sq?.Handle ?? IntPtr.Zero);
                steps[i] = state.step;
            }
            fixed (IntPtr* p = handles, m = mean, s = square, l = largest)
            fixed (long* t = steps)
                Check(ts_adam_step(p, m, s, l, t, n, o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value, o.weight_decay!.Value, o.amsgrad!.Value ? 1 : 0, o.maximize!.Value ? 1 : 0), list);
        }
        return loss;
    }

    /// <summary>State of a parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>Steps taken.</summary>
        public long step;
        /// <summary>The smoothed gradient.</summary>
        public Tensor? exp_avg;
        /// <summary>The smoothed squared gradient.</summary>
        public Tensor? exp_avg_sq;
        /// <summary>Its greatest so far, with amsgrad.</summary>
        public Tensor? max_exp_avg_sq;

        /// <summary>Of a parameter.</summary>
        public State(Parameter parameter) : base(parameter) { }

        /// <summary>Releases the moments.</summary>
        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
            max_exp_avg_sq?.Dispose();
        }

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            Dispose();
            using var quiet = no_grad();
            step = 0;
            exp_avg = Parameter.zeros_like().DetachFromDisposeScope();
            exp_avg_sq = Parameter.zeros_like().DetachFromDisposeScope();
            max_exp_avg_sq = ((Options)options).amsgrad == true ? Parameter.zeros_like().DetachFromDisposeScope() : null;
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            var from = (State)source;
            step = from.step;
            Copy(ref exp_avg, from.exp_avg, Parameter.device);
            Copy(ref exp_avg_sq, from.exp_avg_sq, Parameter.device);
            Copy(ref max_exp_avg_sq, from.max_exp_avg_sq, Parameter.device);
        }

        /// <inheritdoc/>
        public override void to(Device device)
        {
            exp_avg = exp_avg?.to(device, disposeAfter: true).DetachFromDisposeScope();
            exp_avg_sq = exp_avg_sq?.to(device, disposeAfter: true).DetachFromDisposeScope();
            max_exp_avg_sq = max_exp_avg_sq?.to(device, disposeAfter: true).DetachFromDisposeScope();
        }
    }

    /// <summary>Options of a group; null is the optimizer's.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>The share of the old mean.</summary>
        public double? beta1;
        /// <summary>The share of the old square.</summary>
        public double? beta2;
        /// <summary>The share of the parameter added to its gradient.</summary>
        public double? weight_decay;
        /// <summary>Added to the root.</summary>
        public double? eps;
        /// <summary>Whether the greatest square counts.</summary>
        public bool? amsgrad;
        /// <summary>Whether to go up.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var from = (Options)source;
            (beta1, beta2, weight_decay, eps) = (from.beta1, from.beta2, from.weight_decay, from.eps);
            (amsgrad, maximize) = (from.amsgrad, from.maximize);
        }
    }

    /// <summary>Parameters with common options.</summary>
    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        /// <summary>Empty.</summary>
        public ParamGroup() => base.Options = new Options();

        /// <summary>Of these.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        /// <summary>Of these.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize }) { }

        /// <inheritdoc/>
        public (double, double) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = (value.Item1, value.Item2);
        }
    }
}
