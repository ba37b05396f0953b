using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>In another type.</summary>
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted((int)type, null, copy, disposeAfter, non_blocking);

        /// <summary>In another type.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted((int)type, null, copy, disposeAfter, non_blocking);

        /// <summary>On another device.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(-1, device, copy, disposeAfter, non_blocking);

        /// <summary>On another device.</summary>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        /// <summary>On another device.</summary>
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        /// <summary>In another type, on another device.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted((int)type, device, copy, disposeAfter, non_blocking);

        /// <summary>In the type and on the device of another.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) => Converted((int)other.dtype, other.device, false, false, non_blocking);

        /// <summary>In the type of another.</summary>
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        /// <summary>In main memory.</summary>
        public Tensor cpu() => to(torch.CPU);

        /// <summary>On a GPU.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? torch.CUDA, non_blocking: non_blocking);

        /// <summary>As single precision.</summary>
        public Tensor @float() => to_type(ScalarType.Float32);

        /// <summary>As double precision.</summary>
        public Tensor @double() => to_type(ScalarType.Float64);

        /// <summary>As half precision.</summary>
        public Tensor half() => to_type(ScalarType.Float16);

        /// <summary>As brain floating point.</summary>
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        /// <summary>As 64-bit integers.</summary>
        public Tensor @long() => to_type(ScalarType.Int64);

        /// <summary>As 32-bit integers.</summary>
        public Tensor @int() => to_type(ScalarType.Int32);

        /// <summary>As bytes.</summary>
        public Tensor @byte() => to_type(ScalarType.Byte);

        /// <summary>As truth values.</summary>
        public Tensor @bool() => to_type(ScalarType.Bool);

        private Tensor Converted(int type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            var result = Take(ts_to(Handle, type, TypeCode(device), IndexCode(device), nonBlocking ? 1 : 0, copy ? 1 : 0), this);
            if (disposeAfter)
                Dispose();
            return result;
        }

        /// <summary>Zeros of the same shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Take(ts_zeros_like(Handle, Code(dtype), TypeCode(device), IndexCode(device), requires_grad ? 1 : 0), this);

        /// <summary>Ones of the same shape.</summary>
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Take(ts_ones_like(Handle, Code(dtype), TypeCode(device), IndexCode(device), requires_grad ? 1 : 0), this);

        /// <summary>Uninitialized, of the same shape.</summary>
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Take(ts_empty_like(Handle, Code(dtype), TypeCode(device), IndexCode(device), requires_grad ? 1 : 0), this);

        /// <summary>One value in the same shape.</summary>
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Take(ts_full_like(Handle, value.Arg, Code(dtype), TypeCode(device), IndexCode(device), requires_grad ? 1 : 0), this);

        /// <summary>Throws of a coin whose odds are the elements.</summary>
        public Tensor bernoulli(Generator? generator = null) => Take(ts_bernoulli(Handle, generator?.Native ?? IntPtr.Zero), this, generator);
    }
}
