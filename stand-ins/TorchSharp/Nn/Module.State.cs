using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The live tensors, parameters before buffers.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= new Dictionary<string, Tensor>(StringComparer.Ordinal);
                string Key(string key) => string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}";
                foreach (var (key, p) in named_parameters())
                    destination.TryAdd(Key(key), p);
                foreach (var (key, b) in named_buffers(include_nonpersistent: false))
                    destination.TryAdd(Key(key), b);
                return destination;
            }

            /// <summary>Copies values in; strict wants the very same names.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var skipped = new HashSet<string>(skip ?? [], StringComparer.Ordinal);
                var own = state_dict();
                var missing = own.Keys.Where(k => !skipped.Contains(k) && !source.ContainsKey(k)).ToList();
                var unexpected = source.Keys.Where(k => !skipped.Contains(k) && !own.ContainsKey(k)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                using var quiet = no_grad();
                foreach (var (key, value) in source)
                    if (!skipped.Contains(key) && own.TryGetValue(key, out var target))
                        target.copy_(value).Dispose();
                return (missing, unexpected);
            }

            /// <summary>Training mode, here and inside.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in named_children())
                    module.train(train);
            }

            /// <summary>Inference mode, here and inside.</summary>
            public virtual void eval() => train(false);

            /// <summary>Removes the gradients, or zeroes them.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                var all = parameters().ToArray();
                var handles = Handles(all);
                fixed (IntPtr* p = handles)
                    Check(ts_zero_grads(p, handles.Length, set_to_none ? 1 : 0), all);
            }

            /// <summary>Applies an action to all modules inside, then to this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, module) in named_children())
                    module.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Does nothing here: tensors free themselves.</summary>
            ~Module() => Dispose(false);

            /// <summary>Disposes parameters, buffers and the modules inside.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes parameters, buffers and the modules inside.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var p in ownParameters.Values)
                    p.Dispose();
                foreach (var (tensor, _) in ownBuffers.Values)
                    tensor.Dispose();
                foreach (var module in ownModules.Values)
                    module.Dispose();
            }
        }
    }
}
