using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A device: "cpu", "cuda" or "cuda:1".</summary>
    public class Device
    {
        /// <summary>Parses a description.</summary>
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var colon = description.IndexOf(':', StringComparison.Ordinal);
            type = TypeOf(colon < 0 ? description : description[..colon]);
            index = colon < 0 ? DefaultIndex(type) : int.Parse(description[(colon + 1)..], CultureInfo.InvariantCulture);
        }

        /// <summary>By type and number.</summary>
        public Device(string deviceType, int index = -1) : this(TypeOf(deviceType), index) { }

        /// <summary>By type and number.</summary>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index < 0 ? DefaultIndex(deviceType) : index;
        }

        /// <summary>A GPU.</summary>
        public Device(int index) : this(DeviceType.CUDA, index) { }

        /// <summary>The kind of device.</summary>
        public DeviceType type { get; }

        /// <summary>Its number; -1 where there is but one.</summary>
        public int index { get; }

        /// <summary>As it is written: "cpu", "cuda:0".</summary>
        public override string ToString() => type == DeviceType.CPU ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"cuda:{index}");

        private static int DefaultIndex(DeviceType type) => type == DeviceType.CUDA ? 0 : -1;

        private static DeviceType TypeOf(string name) => name switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            _ => throw new ArgumentException($"Unknown device type '{name}'.", nameof(name)),
        };
    }

    /// <summary>The CPU.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The first GPU.</summary>
    public static Device CUDA => new(DeviceType.CUDA);

    /// <summary>Parses a description such as "cuda:0".</summary>
    public static Device device(string description) => new(description);

    /// <summary>By type and number.</summary>
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    /// <summary>By type and number.</summary>
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>A GPU.</summary>
    public static Device device(int index) => new(index);

    internal static int TypeCode(Device? device) => device is null ? -1 : (int)device.type;

    internal static int IndexCode(Device? device) => device?.index ?? -1;
}
