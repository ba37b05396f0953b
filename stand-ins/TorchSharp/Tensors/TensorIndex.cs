using TorchSharp.Interop;
using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of a subscript: an integer, a range, an ellipsis, a mask.</summary>
    public struct TensorIndex
    {
        internal IndexArg Arg;
        internal Tensor? Indices;

        /// <summary>A range; null is open.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new()
        {
            Arg = new IndexArg { Kind = 5, Start = start ?? 0, Stop = stop ?? long.MaxValue, Step = step ?? 1 },
        };

        /// <summary>A range; null is open.</summary>
        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, range.end);

        /// <summary>A range.</summary>
        public static TensorIndex Slice(Range range) => Slice(Bound(range.Start) ?? 0, Bound(range.End));

        /// <summary>A truth value.</summary>
        public static TensorIndex Bool(bool value) => new() { Arg = new IndexArg { Kind = 3, Start = value ? 1 : 0 } };

        /// <summary>One index.</summary>
        public static TensorIndex Single(long? index) => new() { Arg = new IndexArg { Kind = 1, Start = index ?? 0 } };

        /// <summary>Indices or a mask.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { Arg = new IndexArg { Kind = 4 }, Indices = tensor };

        /// <summary>All dimensions not named.</summary>
        public static TensorIndex Ellipsis = new() { Arg = new IndexArg { Kind = 2 } };

        /// <summary>A new dimension.</summary>
        public static TensorIndex None = new() { Arg = new IndexArg { Kind = 0 } };

        /// <summary>A whole dimension.</summary>
        public static TensorIndex Colon = Slice();

        /// <summary>One index.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>A range; null is open.</summary>
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        /// <summary>A range.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(range);

        /// <summary>One index.</summary>
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        private static long? Bound(Index index) => !index.IsFromEnd ? index.Value : index.Value == 0 ? null : -index.Value;
    }

    public unsafe partial class Tensor
    {
        /// <summary>A part, as in Python's brackets.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices).Dispose();
        }

        /// <summary>A part, by index tensors or masks.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices).Dispose();
        }

        /// <summary>One slice.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1)).Dispose();
        }

        /// <summary>One slice of one slice.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2));
            set => index_put_(value, TensorIndex.Single(i1), TensorIndex.Single(i2)).Dispose();
        }

        /// <summary>A part, as in Python's brackets.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            fixed (IndexArg* p = Arguments(indices))
                return Take(ts_index(Handle, p, indices.Length), this, indices);
        }

        /// <summary>A part, by index tensors or masks.</summary>
        public Tensor index(params Tensor[] indices) => index(indices.Select(TensorIndex.Tensor).ToArray());

        /// <summary>Writes a part, in place.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            fixed (IndexArg* p = Arguments(indices))
                Check(ts_index_put_(Handle, p, indices.Length, value.Handle), this, value, indices);
            return alias();
        }

        /// <summary>Writes a part, in place.</summary>
        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices.Select(TensorIndex.Tensor).ToArray());

        /// <summary>Writes a part, in place.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            fixed (IndexArg* p = Arguments(indices))
                Check(ts_index_put_s_(Handle, p, indices.Length, value.Arg), this, indices);
            return alias();
        }

        private static IndexArg[] Arguments(TensorIndex[] indices)
        {
            var args = new IndexArg[indices.Length];
            for (var i = 0; i < args.Length; i++)
            {
                args[i] = indices[i].Arg;
                args[i].Tensor = indices[i].Indices?.Handle ?? IntPtr.Zero;
            }
            return args;
        }
    }
}
