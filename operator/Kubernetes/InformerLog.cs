using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What informers say.</summary>
internal static partial class InformerLog
{
    [LoggerMessage(200, LogLevel.Information, "{Resource} in {Namespace}: {Count} listed at resource version {ResourceVersion}")]
    internal static partial void Listed(ILogger logger, string resource, string @namespace, int count, string resourceVersion);

    [LoggerMessage(201, LogLevel.Warning, "{Resource} in {Namespace}: resource version {ResourceVersion} is no longer to be had, so all are listed again")]
    internal static partial void Gone(ILogger logger, string resource, string @namespace, string? resourceVersion);

    [LoggerMessage(202, LogLevel.Warning, "{Resource} in {Namespace}: a watch was silent for {Seconds} s and is opened again")]
    internal static partial void Silent(ILogger logger, string resource, string @namespace, double seconds);

    [LoggerMessage(203, LogLevel.Warning, "{Resource} in {Namespace}: failed {Failures} times in a row, tried again in {Milliseconds} ms: {Problem}")]
    internal static partial void Failed(ILogger logger, string resource, string @namespace, int failures, int milliseconds, string problem);

    [LoggerMessage(204, LogLevel.Error, "{Resource} {Namespace}/{Name} cannot be read and is left out")]
    internal static partial void Unreadable(ILogger logger, string resource, string @namespace, string name, Exception exception);
}
