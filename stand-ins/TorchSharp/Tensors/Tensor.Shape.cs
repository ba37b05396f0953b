using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The same elements in another shape; a copy where a view cannot be.</summary>
        public Tensor reshape(params long[] shape)
        {
            fixed (long* p = shape)
                return Take(ts_reshape(Handle, p, shape.Length), this);
        }

        /// <summary>The same elements in another shape, without a copy.</summary>
        public Tensor view(params long[] shape)
        {
            fixed (long* p = shape)
                return Take(ts_view(Handle, p, shape.Length), this);
        }

        /// <summary>In another tensor's shape, without a copy.</summary>
        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>Dimensions reordered.</summary>
        public Tensor permute(params long[] permutation)
        {
            fixed (long* p = permutation)
                return Take(ts_permute(Handle, p, permutation.Length), this);
        }

        /// <summary>Repeated along each dimension.</summary>
        public Tensor repeat(params long[] sizes)
        {
            fixed (long* p = sizes)
                return Take(ts_repeat(Handle, p, sizes.Length), this);
        }

        /// <summary>Reversed along dimensions.</summary>
        public Tensor flip(params long[] dims)
        {
            fixed (long* p = dims)
                return Take(ts_flip(Handle, p, dims.Length), this);
        }

        /// <summary>Broadcast without a copy.</summary>
        public Tensor expand(params long[] sizes) => expand((ReadOnlySpan<long>)sizes);

        /// <summary>Broadcast to another tensor's shape.</summary>
        public Tensor expand_as(Tensor other) => expand((ReadOnlySpan<long>)other.shape);

        /// <summary>Broadcast without a copy.</summary>
        public Tensor broadcast_to(params long[] shape) => expand((ReadOnlySpan<long>)shape);

        /// <summary>Broadcast without a copy.</summary>
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false)
        {
            fixed (long* p = sizes)
                return Take(ts_expand(Handle, p, sizes.Length, isImplicit ? 1 : 0), this);
        }

        /// <summary>A view by sizes and strides of the storage.</summary>
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0)
        {
            fixed (long* p = size)
            fixed (long* q = strides)
                return Take(ts_as_strided(Handle, p, size.Length, q, storageOffset), this);
        }

        /// <summary>Two dimensions swapped.</summary>
        public Tensor transpose(long dim0, long dim1) => Take(ts_transpose(Handle, dim0, dim1), this);

        /// <summary>A matrix transposed.</summary>
        public Tensor t() => Take(ts_t(Handle), this);

        /// <summary>Dimensions merged into one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Take(ts_flatten(Handle, start_dim, end_dim), this);

        /// <summary>Without dimensions of size one.</summary>
        public Tensor squeeze(long? dim = null) => Take(dim is { } d ? ts_squeeze_dim(Handle, d) : ts_squeeze(Handle), this);

        /// <summary>With a new dimension of size one.</summary>
        public Tensor unsqueeze(long dim) => Take(ts_unsqueeze(Handle, dim), this);

        /// <summary>One slice of a dimension.</summary>
        public Tensor select(long dim, long index) => Take(ts_select(Handle, dim, index), this);

        /// <summary>A range of a dimension.</summary>
        public Tensor narrow(long dim, long start, long length) => Take(ts_narrow(Handle, dim, start, length), this);

        /// <summary>A range of a dimension, with steps.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Take(ts_slice(Handle, dim, start, finish, step), this);

        /// <summary>The rows of these numbers.</summary>
        public Tensor index_select(long dim, Tensor index) => Take(ts_index_select(Handle, dim, index.Handle), this, index);

        /// <summary>Elements by index along a dimension.</summary>
        public Tensor gather(long dim, Tensor index) => Take(ts_gather(Handle, dim, index.Handle), this, index);

        /// <summary>Those where the mask is true.</summary>
        public Tensor masked_select(Tensor mask) => Take(ts_masked_select(Handle, mask.Handle), this, mask);

        /// <summary>Where the elements are not zero.</summary>
        public Tensor nonzero() => Take(ts_nonzero(Handle), this);

        /// <summary>In row-major order; a copy where it is not yet.</summary>
        public Tensor contiguous() => Take(ts_contiguous(Handle), this);

        /// <summary>A copy.</summary>
        public Tensor clone() => Take(ts_clone(Handle), this);

        /// <summary>Parts along a dimension.</summary>
        public Tensor[] split(long size, int dim = 0) => Parts((h, to, room) => ts_split(h, size, dim, (IntPtr*)to, room));

        /// <summary>Parts along a dimension.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => Parts((h, to, room) => ts_chunk(h, chunks, dim, (IntPtr*)to, room));

        /// <summary>Parts along a dimension.</summary>
        public Tensor[] unbind(long dimension = 0) => Parts((h, to, room) => ts_unbind(h, dimension, (IntPtr*)to, room));

        /// <summary>Parts of given sizes along a dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => Parts((h, to, room) =>
        {
            fixed (long* p = sizes)
                return ts_split_sizes(h, p, sizes.Length, dim, (IntPtr*)to, room);
        });

        private Tensor[] Parts(Func<IntPtr, IntPtr, int, int> call)
        {
            for (var room = 16; ;)
            {
                var parts = new IntPtr[room];
                int count;
                fixed (IntPtr* p = parts)
                    count = call(Handle, (IntPtr)p, room);
                GC.KeepAlive(this);
                if (count < 0)
                    throw Failure();
                if (count <= room)
                    return parts.Take(count).Select(h => new Tensor(h)).ToArray();
                room = count;
            }
        }
    }
}
