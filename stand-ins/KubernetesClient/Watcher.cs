using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using k8s.Autorest;
using k8s.Models;

namespace k8s;

/// <summary>What happened to a watched object.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WatchEventType>))]
public enum WatchEventType
{
    /// <summary>It was created, or came into the selection.</summary>
    [EnumMember(Value = "ADDED")]
    Added,

    /// <summary>It changed.</summary>
    [EnumMember(Value = "MODIFIED")]
    Modified,

    /// <summary>It was deleted, or left the selection.</summary>
    [EnumMember(Value = "DELETED")]
    Deleted,

    /// <summary>Not an object but a Status.</summary>
    [EnumMember(Value = "ERROR")]
    Error,

    /// <summary>Not an object but a resourceVersion to go on from.</summary>
    [EnumMember(Value = "BOOKMARK")]
    Bookmark,
}

internal static class Watcher<T>
{
    /// <summary>
    /// Events as they come. A Status, or an event that cannot be read, goes to <paramref name="onError"/>, and enumeration goes on; a failed request throws.
    /// Cancelling ends the wait for a line at once and closes the connection.
    /// </summary>
    internal static async IAsyncEnumerable<(WatchEventType, T)> Events<TList>(
        Task<HttpOperationResponse<TList>> request, Action<Exception> onError, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await request.WaitAsync(cancellationToken).ConfigureAwait(false);
        var lines = (WatchContent)response.Response.Content;
        while (await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WatchEvent watched = null;
            try
            {
                if (KubernetesJson.Deserialize<Watcher<KubernetesObject>.WatchEvent>(line).Object.Kind == "Status")
                    onError?.Invoke(new KubernetesException(KubernetesJson.Deserialize<Watcher<V1Status>.WatchEvent>(line).Object));
                else
                    watched = KubernetesJson.Deserialize<WatchEvent>(line);
            }
            catch (Exception e)
            {
                onError?.Invoke(e);
            }
            if (watched is not null)
                yield return (watched.Type, watched.Object);
        }
    }

    internal sealed class WatchEvent
    {
        [JsonPropertyName("type")]
        public WatchEventType Type { get; set; }

        [JsonPropertyName("object")]
        public T Object { get; set; }
    }
}

/// <summary>The body of a watch, line by line; the first one is there.</summary>
internal sealed class WatchContent : HttpContent
{
    private readonly StreamReader _reader;
    private string _first;

    private WatchContent(StreamReader reader, string first) => (_reader, _first) = (reader, first);

    internal static async Task<WatchContent> OpenAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        try
        {
            return new WatchContent(reader, await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new EndOfStreamException());
        }
        catch (IOException e)
        {
            reader.Dispose();
            // As the package: a watch that ends without one event is a failed request.
            throw new HttpRequestException("Error while copying content to a stream.", e);
        }
    }

    internal async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
            return first;
        return await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext context) => throw new NotSupportedException("a watch is read line by line");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _reader.Dispose();
        base.Dispose(disposing);
    }
}
