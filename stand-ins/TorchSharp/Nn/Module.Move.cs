using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Moves to a device and converts floating-point tensors.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Moved(device, Floating(dtype));

            /// <summary>Moves to a device.</summary>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Moved(new Device(deviceType, deviceIndex), null);

            /// <summary>Converts floating-point tensors.</summary>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Moved(null, Floating(dtype));

            private static ScalarType Floating(ScalarType dtype) =>
                IsFloating(dtype) ? dtype : throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");

            /// <summary>A tensor in place of another of this module; subclasses that hold it in a field set that too.</summary>
            private void Replace(string key, Tensor old, Tensor replacement)
            {
                var property = GetType().GetProperty(key);
                if (property?.SetMethod is not null)
                {
                    property.SetValue(this, replacement);
                    return;
                }
                if (replacement is Parameter parameter)
                    ownParameters[key] = parameter;
                else
                    ownBuffers[key] = (replacement, ownBuffers[key].Persistent);
                foreach (var field in Fields())
                    if (ReferenceEquals(field.GetValue(this), old))
                        field.SetValue(this, replacement);
                old.Dispose();
            }

            private Module Moved(Device? device, ScalarType? dtype)
            {
                foreach (var (_, module) in named_children())
                {
                    if (device is null)
                        module._to(dtype!.Value, false);
                    else if (dtype is null)
                        module._to(device.type, device.index, false);
                    else
                        module._to(device, dtype.Value, false);
                }
                using var quiet = no_grad();
                foreach (var (key, p) in ownParameters.ToArray())
                {
                    if (!Differs(p, device, dtype))
                        continue;
                    var moved = new Parameter(p.to(dtype ?? p.dtype, device ?? p.device), p.requires_grad);
                    moved.DetachFromDisposeScope();
                    using (var gradient = p.grad)
                    using (var movedGradient = gradient?.to(dtype ?? p.dtype, device ?? p.device))
                        if (movedGradient is not null)
                            moved.grad = movedGradient;
                    Replace(key, p, moved);
                }
                foreach (var (key, (tensor, _)) in ownBuffers.ToArray())
                {
                    var type = IsFloating(tensor.dtype) ? dtype : null;
                    if (Differs(tensor, device, type))
                        Replace(key, tensor, tensor.to(type ?? tensor.dtype, device ?? tensor.device).DetachFromDisposeScope());
                }
                return this;
            }

            private static bool Differs(Tensor t, Device? device, ScalarType? dtype) =>
                (dtype is { } type && t.dtype != type) || (device is not null && (t.device_type != device.type || t.device_index != device.index));
        }
    }
}

/// <summary>Conversions of modules that keep their type.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts floating-point tensors.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(type, non_blocking);

    /// <summary>Moves to a device and converts floating-point tensors.</summary>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device, type, non_blocking);

    /// <summary>Moves to a device.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(deviceType, deviceIndex, non_blocking);

    /// <summary>Moves to a device.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);

    /// <summary>Moves to a device.</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module => module.to(new torch.Device(device), non_blocking);

    /// <summary>To main memory.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(DeviceType.CPU, -1, non_blocking);

    /// <summary>To a GPU.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module => module.to(DeviceType.CUDA, deviceIndex, non_blocking);

    /// <summary>To single precision.</summary>
    public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float32, non_blocking);

    /// <summary>To double precision.</summary>
    public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float64, non_blocking);
}
