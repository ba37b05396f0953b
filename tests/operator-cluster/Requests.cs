using System.Collections.Concurrent;
using System.Web;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Notes each request that a client makes, and may do something before it.</summary>
internal sealed class Requests : DelegatingHandler
{
    private readonly ConcurrentQueue<Uri> _seen = [];

    /// <summary>Runs before each request.</summary>
    public Func<Uri, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Parameters of the lists so far.</summary>
    public IReadOnlyList<System.Collections.Specialized.NameValueCollection> Lists => [.. Queries().Where(q => q["watch"] != "true")];

    /// <summary>Parameters of the watches so far.</summary>
    public IReadOnlyList<System.Collections.Specialized.NameValueCollection> Watches => [.. Queries().Where(q => q["watch"] == "true")];

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _seen.Enqueue(request.RequestUri!);
        await Before(request.RequestUri!);
        return await base.SendAsync(request, cancellationToken);
    }

    private IEnumerable<System.Collections.Specialized.NameValueCollection> Queries() => _seen.Select(u => HttpUtility.ParseQueryString(u.Query));
}
