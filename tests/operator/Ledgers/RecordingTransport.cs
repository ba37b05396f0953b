using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>Passes requests on, and notes them.</summary>
internal sealed class RecordingTransport : HttpPipelineTransport
{
    private readonly HttpClientTransport _inner = new();
    private readonly ConcurrentQueue<string> _requests = new();

    /// <summary>`GET progress.json 304` for each request since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (_requests.TryDequeue(out var request))
            taken.Add(request);
        return taken;
    }

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        await _inner.ProcessAsync(message);
        _requests.Enqueue($"{message.Request.Method} {string.Join('/', message.Request.Uri.ToUri().AbsolutePath.Split('/').Skip(3))} {message.Response.Status}");
    }
}
