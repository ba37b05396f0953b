using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Commands;

/// <summary>`--device`: where a network computes.</summary>
internal sealed partial class DeviceOption
{
    // Set in a container that was given a GPU, by NVIDIA's container toolkit.
    private const string GivenVariable = "NVIDIA_VISIBLE_DEVICES";

    private readonly Option<string> _option = new("--device")
    {
        Description = "Where it computes: auto (the first GPU where libtorch finds one, otherwise the processor), cpu, cuda, or cuda:N.",
        DefaultValueFactory = _ => "auto",
    };

    public DeviceOption() => _option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string>() is { } value && !IsDevice(value))
            result.AddError($"--device {value}: auto, cpu, cuda or cuda:N is needed, N a GPU's number from 0");
    });

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_option);

    /// <summary>The device that the command line asks for.</summary>
    /// <exception cref="InvalidDataException">A GPU was asked for that libtorch does not find.</exception>
    public Device Choose(ParseResult arguments, ILoggerFactory log)
    {
        var (asked, logger) = (arguments.GetValue(_option)!, log.CreateLogger("trainer"));
        var found = cuda.is_available() ? cuda.device_count() : 0;
        if (asked == "auto" && found == 0 && Environment.GetEnvironmentVariable(GivenVariable) is { Length: > 0 } given and not ("none" or "void"))
            LogUnused(logger, GivenVariable, given);
        var device = asked == "auto" ? found > 0 ? CUDA : CPU : new Device(asked);
        if (device.type == TorchSharp.DeviceType.CUDA && Math.Max(device.index, 0) >= found)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"--device {asked}: libtorch finds {found} GPUs. It needs a build for CUDA (docs/images.md: TORCH_PACKAGE=cuda), a driver on the machine and, in a pod, the limit nvidia.com/gpu"));
        return device;
    }

    private static bool IsDevice(string value) =>
        value is "auto" or "cpu" or "cuda" || (value.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(value.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    [LoggerMessage(97, LogLevel.Warning, "this container was given a GPU ({Variable}={Given}), but libtorch finds none: it computes on the processor. A build for CUDA (docs/images.md: TORCH_PACKAGE=cuda) uses the GPU; --device cuda makes this an error")]
    private static partial void LogUnused(ILogger log, string variable, string given);
}
