using System.Globalization;
using System.Net.Sockets;
using Azure;

namespace FedOperator.Core.Storage;

/// <summary>Azure's errors as <see cref="BlobStoreException"/>. Only status, error code and socket error are taken over: the service's and the client's texts may quote a signature.</summary>
internal static class AzureFaults
{
    /// <summary>True for the exceptions that <see cref="Map"/> knows.</summary>
    public static bool Known(Exception fault, CancellationToken cancellationToken) =>
        fault is RequestFailedException or HttpRequestException or IOException or AggregateException
        || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <param name="fault">What was thrown.</param>
    /// <param name="container">Where.</param>
    /// <param name="name">The blob; null: the container itself.</param>
    /// <param name="ended">When the credential ended; null: it did not.</param>
    public static BlobStoreException Map(Exception fault, string container, string? name, DateTimeOffset? ended = null)
    {
        var blob = name is null ? container : $"{container}/{name}";
        if (fault is not RequestFailedException { Status: not 0 } refused)
            return new BlobStoreException(BlobFault.Unavailable, $"{blob}: no answer from the store ({Cause(fault)})");
        var kind = refused.Status switch
        {
            401 or 403 => BlobFault.Denied,
            404 => BlobFault.Missing,
            416 => BlobFault.Missing,
            412 => BlobFault.Changed,
            400 when refused.ErrorCode is "InvalidResourceName" or "InvalidUri" => BlobFault.BadName,
            _ => BlobFault.Unavailable,
        };
        var why = ended is { } end ? $"; this process's credential ended at {end.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}, and no newer one was found: give it a new credential file" : "";
        return new BlobStoreException(kind, $"{blob}: the store answered {refused.Status} {refused.ErrorCode}{why}");
    }

    private static string Cause(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is SocketException socket)
                return socket.SocketErrorCode.ToString();
            if (fault.InnerException is null)
                return fault.GetType().Name;
        }
        return "unknown";
    }
}
