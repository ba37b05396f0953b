using static TorchSharp.Interop.Native;

namespace TorchSharp;

/// <summary>PyTorch for .NET: tensors, modules, optimizers. A stand-in for the TorchSharp package with the same names.</summary>
public static partial class torch
{
    /// <summary>A tensor of libtorch.</summary>
    public unsafe partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;
        private IntPtr handle;

        internal Tensor(IntPtr handle)
        {
            this.handle = handle;
            var total = Interlocked.Increment(ref totalCount);
            if (total > peakCount)
                peakCount = total;
            OwningDisposeScope = DisposeScopeManager.OfThread.Register(this);
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Tensors alive in this process.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        /// <summary>The most there have been at a time.</summary>
        public static long PeakCount => peakCount;

        /// <summary>The native handle; throws when the tensor is disposed.</summary>
        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Whether it is disposed.</summary>
        public bool IsInvalid => handle == IntPtr.Zero;

        /// <summary>Any text.</summary>
        public string? name { get; set; }

        /// <summary>Frees the native tensor of an object that was never disposed.</summary>
        ~Tensor() => Dispose(false);

        /// <summary>Releases the native tensor; a second call does nothing.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the native tensor.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == IntPtr.Zero)
                return;
            if (disposing)
            {
                DisposeScopeManager.OfThread.Disposing(this);
                OwningDisposeScope?.MarkAsDisposed(this);
            }
            Interlocked.Decrement(ref totalCount);
            ts_free(handle);
            handle = IntPtr.Zero;
        }

        /// <summary>Leaves the handle to the caller; this object is as if disposed.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            var h = Handle;
            GC.SuppressFinalize(this);
            DisposeScopeManager.OfThread.Disposing(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref totalCount);
            handle = IntPtr.Zero;
            return h;
        }

        /// <summary>Hands over to the scope around the one that owns it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes it out of its scope; the caller disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Hands over to the scope that owns another tensor.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        /// <summary>Hands over to another scope; null detaches.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is not null)
                OwningDisposeScope.MoveToOther(other, this);
            else
                other?.Attach(this);
            return this;
        }

        /// <summary>Another handle of the same tensor.</summary>
        public Tensor alias() => Take(ts_alias(Handle), this);

        /// <summary>Number of dimensions.</summary>
        public long dim()
        {
            var n = ts_dim(Handle);
            GC.KeepAlive(this);
            return n;
        }

        /// <summary>Number of dimensions.</summary>
        public long Dimensions => dim();

        /// <summary>Number of dimensions.</summary>
        public long ndim => dim();

        /// <summary>Number of elements.</summary>
        public long numel()
        {
            var n = ts_numel(Handle);
            GC.KeepAlive(this);
            return n;
        }

        /// <summary>Number of elements.</summary>
        public long NumberOfElements => numel();

        /// <summary>Bytes an element.</summary>
        public long element_size()
        {
            var n = ts_element_size(Handle);
            GC.KeepAlive(this);
            return n;
        }

        /// <summary>Bytes an element.</summary>
        public long ElementSize => element_size();

        /// <summary>The element type.</summary>
        public ScalarType dtype
        {
            get
            {
                var code = ts_dtype(Handle);
                GC.KeepAlive(this);
                return (ScalarType)code;
            }
        }

        /// <summary>Where it lives.</summary>
        public Device device => new(device_type, device_index);

        /// <summary>The kind of device.</summary>
        public DeviceType device_type
        {
            get
            {
                var code = ts_device_type(Handle);
                GC.KeepAlive(this);
                return (DeviceType)code;
            }
        }

        /// <summary>The device's number.</summary>
        public int device_index
        {
            get
            {
                var index = ts_device_index(Handle);
                GC.KeepAlive(this);
                return index;
            }
        }

        /// <summary>Whether it lives on a GPU.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>Whether it lives in main memory.</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>Whether its type is an integer type.</summary>
        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Whether its type is a floating-point type.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>The sizes.</summary>
        public long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                fixed (long* p = sizes)
                    ts_sizes(Handle, p);
                GC.KeepAlive(this);
                return sizes;
            }
        }

        /// <summary>The sizes.</summary>
        public long[] size() => shape;

        /// <summary>The size of a dimension; negative counts from the end.</summary>
        public long size(int dim)
        {
            var sizes = shape;
            return sizes[dim < 0 ? dim + sizes.Length : dim];
        }

        /// <summary>Elements from one index to the next, per dimension.</summary>
        public long[] stride()
        {
            var strides = new long[dim()];
            fixed (long* p = strides)
                ts_strides(Handle, p);
            GC.KeepAlive(this);
            return strides;
        }

        /// <summary>Elements from one index to the next.</summary>
        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        /// <summary>Elements before the first in the storage.</summary>
        public long storage_offset()
        {
            var n = ts_storage_offset(Handle);
            GC.KeepAlive(this);
            return n;
        }

        /// <summary>Whether elements follow each other in row-major order.</summary>
        public bool is_contiguous()
        {
            var yes = ts_is_contiguous(Handle) != 0;
            GC.KeepAlive(this);
            return yes;
        }

        /// <summary>Whether all elements and the shape are the same.</summary>
        public bool Equals(Tensor? target)
        {
            if (target is null)
                return false;
            int same;
            Check(ts_equal(Handle, target.Handle, &same), this, target);
            return same != 0;
        }

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        /// <summary>Type, shape and device.</summary>
        public override string ToString() =>
            IsInvalid ? "[disposed]" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
