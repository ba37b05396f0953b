using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimizers.</summary>
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract partial class Optimizer : IDisposable
        {
            /// <summary>For optimizers of native code; managed ones pass zero.</summary>
            protected Optimizer(IntPtr handle) { }

            private protected List<ParamGroup> Groups { get; } = [];

            /// <summary>The groups' learning rates.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => Groups;

            /// <summary>Zeroes the gradients.</summary>
            public virtual void zero_grad() => throw new NotSupportedException();

            /// <summary>Adds parameters with options of their own.</summary>
            public virtual void add_param_group(ParamGroup param_group) => throw new NotSupportedException();

            /// <summary>One step; a closure computes the loss first.</summary>
            public virtual Tensor? step(Func<Tensor>? closure = null) => throw new NotSupportedException();

            /// <summary>All parameters.</summary>
            public virtual IEnumerable<Parameter> parameters() => Groups.SelectMany(g => g.Parameters);

            /// <summary>Does nothing here: tensors free themselves.</summary>
            ~Optimizer() => Dispose(false);

            /// <summary>Releases the state.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Releases the state.</summary>
            protected virtual void Dispose(bool disposing) { }

            /// <summary>The options of each group and the state of each parameter, live.</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                /// <summary>One entry a group.</summary>
                public List<OptimizerOptions> Options { get; private set; } = [];

                /// <summary>One entry a parameter.</summary>
                public List<OptimizerState> State { get; private set; } = [];
            }
        }

        /// <summary>What a schedule sets.</summary>
        public interface ILearningRateController
        {
            /// <summary>The rate now.</summary>
            double LearningRate { get; set; }

            /// <summary>The rate at the start.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>An optimizer with momentum.</summary>
        public interface IMomentum
        {
            /// <summary>The share of the old direction.</summary>
            double Momentum { get; set; }
        }

        /// <summary>An optimizer with two moments.</summary>
        public interface IBetas
        {
            /// <summary>Their shares.</summary>
            (double, double) Betas { get; set; }
        }
    }
}
