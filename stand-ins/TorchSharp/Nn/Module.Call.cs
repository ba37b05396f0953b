namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module that calls others before and after it runs.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private protected readonly Dictionary<string, TPreHook> PreHooks = new(StringComparer.Ordinal);
            private protected readonly Dictionary<string, TPostHook> PostHooks = new(StringComparer.Ordinal);
            private long hooks;

            /// <summary>By a name for messages.</summary>
            protected HookableModule(string name) : base(name) { }

            /// <summary>Adds a hook that sees input and result, and may replace the result.</summary>
            public HookRemover register_forward_hook(TPostHook hook)
            {
                var key = Next();
                PostHooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            /// <summary>Adds a hook that sees the input, and may replace it.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook)
            {
                var key = Next();
                PreHooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            private string Next() => (hooks++).ToString(System.Globalization.CultureInfo.InvariantCulture);

            /// <summary>Takes a hook away again.</summary>
            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> module;
                private readonly string key;

                /// <summary>For a hook's key.</summary>
                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
                {
                    this.module = module;
                    this.key = key;
                }

                /// <summary>Takes the hook away.</summary>
                public void remove()
                {
                    module.PreHooks.Remove(key);
                    module.PostHooks.Remove(key);
                }
            }
        }

        /// <summary>A module of one input and one result.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            /// <summary>By a name for messages.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T input);

            /// <summary>Runs the module and its hooks.</summary>
            public TResult call(T input)
            {
                foreach (var hook in PreHooks.Values)
                    input = hook(this, input) ?? input;
                var result = forward(input);
                foreach (var hook in PostHooks.Values)
                    result = hook(this, input, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of two inputs and one result.</summary>
        public abstract class Module<T1, T2, TResult> : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>
        {
            /// <summary>By a name for messages.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs the module and its hooks.</summary>
            public TResult call(T1 input1, T2 input2)
            {
                foreach (var hook in PreHooks.Values)
                    (input1, input2) = hook(this, input1, input2) ?? (input1, input2);
                var result = forward(input1, input2);
                foreach (var hook in PostHooks.Values)
                    result = hook(this, input1, input2, result) ?? result;
                return result;
            }
        }
    }
}
