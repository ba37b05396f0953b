using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What is said about leadership.</summary>
internal static partial class LeaderGateLog
{
    [LoggerMessage(220, LogLevel.Information, "Lease {Lease}: led by {Leader}")]
    internal static partial void Leader(ILogger logger, string lease, string leader);

    [LoggerMessage(221, LogLevel.Information, "Lease {Lease}: {Identity} leads now")]
    internal static partial void Began(ILogger logger, string lease, string identity);

    [LoggerMessage(222, LogLevel.Error, "Lease {Lease} was lost {How}")]
    internal static partial void Lost(ILogger logger, string lease, string how);

    [LoggerMessage(223, LogLevel.Information, "Lease {Lease} was released")]
    internal static partial void Released(ILogger logger, string lease);

    [LoggerMessage(224, LogLevel.Warning, "Lease {Lease}: {Problem}")]
    internal static partial void Trouble(ILogger logger, string lease, string problem);
}
