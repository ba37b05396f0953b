using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a function's forward leaves for its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> data = new(StringComparer.Ordinal);
            private List<Tensor> toSave = [];
            private List<Tensor> dirty = [];
            private List<Tensor> fixedOutputs = [];

            internal AutogradContext() { }

            /// <summary>libtorch's context; set while forward or backward runs.</summary>
            internal IntPtr Native { get; set; }

            /// <summary>Whether a missing gradient of an output reaches backward as zeros.</summary>
            public bool MaterializeGrads { get; private set; } = true;

            /// <summary>Keeps inputs or outputs; others too.</summary>
            public void save_for_backward(List<Tensor> tensors) => toSave = tensors;

            /// <summary>Keeps anything.</summary>
            public void save_data(string key, object value) => data[key] = value;

            /// <summary>Names inputs that forward changed in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => dirty = [.. tensors];

            /// <summary>Names outputs without a gradient.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => fixedOutputs = [.. tensors];

            /// <summary>Sets whether a missing gradient of an output reaches backward as zeros.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>What forward saved; the caller owns the handles.</summary>
            public List<Tensor> get_saved_variables()
            {
                for (var room = 16; ;)
                {
                    var saved = new IntPtr[room];
                    int count;
                    fixed (IntPtr* p = saved)
                        count = ts_ctx_saved(Native, p, room);
                    if (count < 0)
                        throw Failure();
                    if (count <= room)
                        return saved.Take(count).Select(h => h == IntPtr.Zero ? null! : new Tensor(h)).ToList();
                    room = count;
                }
            }

            /// <summary>What was kept under a key, or null.</summary>
            public object get_data(string key) => data.TryGetValue(key, out var value) ? value : null!;

            /// <summary>Forgets what was kept.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Forgets what was kept.</summary>
            protected virtual void Dispose(bool disposing) => data.Clear();

            /// <summary>Hands forward's wishes to libtorch, before it wraps the outputs.</summary>
            internal void Commit()
            {
                if (!MaterializeGrads)
                    ts_ctx_materialize(Native, 0);
                IntPtr[] saved = Handles(toSave), changed = Handles(dirty), constant = Handles(fixedOutputs);
                fixed (IntPtr* s = saved, c = changed, f = constant)
                {
                    if (saved.Length > 0)
                        Check(ts_ctx_save(Native, s, saved.Length), toSave);
                    if (changed.Length > 0)
                        Check(ts_ctx_dirty(Native, c, changed.Length), dirty);
                    if (constant.Length > 0)
                        Check(ts_ctx_non_differentiable(Native, f, constant.Length), fixedOutputs);
                }
                toSave = [];
                dirty = [];
                fixedOutputs = [];
            }
        }
    }
}
