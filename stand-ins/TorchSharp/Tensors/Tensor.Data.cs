using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The raw bytes of a contiguous tensor in main memory; setting copies.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                var length = numel() * ElementSize;
                if (length > int.MaxValue)
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                return new Span<byte>(DataPointer(), (int)length);
            }
            set
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (numel() * ElementSize != value.Length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>(DataPointer(), value.Length));
            }
        }

        /// <summary>The elements as values of .NET.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            RequireElement<T>();
            return new TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor with one element; its type must be the tensor's.</summary>
        public T item<T>() where T : unmanaged
        {
            if (numel() != 1)
                throw new ArgumentException("The tensor must have exactly one element.");
            RequireElement<T>();
            if (device_type == DeviceType.CPU)
            {
                var value = *(T*)DataPointer();
                GC.KeepAlive(this);
                return value;
            }
            using var here = Take(ts_to(Handle, -1, 0, -1, 0, 0), this);
            return *(T*)here.DataPointer();
        }

        /// <summary>An element by its number in row-major order.</summary>
        public double ReadCpuDouble(long i) => data<double>()[Unravel(i)];

        /// <summary>An element by its number in row-major order.</summary>
        public float ReadCpuSingle(long i) => data<float>()[Unravel(i)];

        /// <summary>An element by its number in row-major order.</summary>
        public long ReadCpuInt64(long i) => data<long>()[Unravel(i)];

        /// <summary>An element by its number in row-major order.</summary>
        public int ReadCpuInt32(long i) => data<int>()[Unravel(i)];

        /// <summary>An element by its number in row-major order.</summary>
        public byte ReadCpuByte(long i) => data<byte>()[Unravel(i)];

        /// <summary>An element by its number in row-major order.</summary>
        public bool ReadCpuBool(long i) => data<bool>()[Unravel(i)];

        /// <summary>The value of a tensor with one element.</summary>
        public Scalar ToScalar()
        {
            ScalarArg value;
            Check(ts_item(Handle, &value), this);
            return new Scalar(value);
        }

        internal void* DataPointer()
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            void* data;
            Check(ts_data(Handle, &data), this);
            return data;
        }

        private void RequireElement<T>()
        {
            if (!ElementTypes.Matches(typeof(T), dtype))
                throw new ArgumentException($"Cannot read a tensor of {dtype} as {typeof(T).Name}.");
        }

        private long[] Unravel(long i)
        {
            var sizes = shape;
            var index = new long[sizes.Length];
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                index[d] = i % sizes[d];
                i /= sizes[d];
            }
            return index;
        }
    }
}
