using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>Follows every change of a namespace's pods, through stops of the API server, and knows whether a process ever had two live pod objects at once.</summary>
internal sealed class PodRecorder : IAsyncDisposable
{
    private readonly string _namespace;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Seen> _live = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Task _following = Task.CompletedTask;
    private string? _version;
    private int _events;

    private PodRecorder(string space) => _namespace = space;

    /// <summary>Starts with what is there now.</summary>
    public static async Task<PodRecorder> StartAsync(string space)
    {
        var recorder = new PodRecorder(space);
        await recorder.ListAsync();
        recorder._following = recorder.FollowAsync();
        return recorder;
    }

    /// <summary>Names of all pods that ever were, of one process.</summary>
    public IReadOnlyList<string> Names(string process)
    {
        lock (_lock)
            return [.. _names.Where(n => n.StartsWith(process + "\t", StringComparison.Ordinal)).Select(n => n[(process.Length + 1)..]).Order(StringComparer.Ordinal)];
    }

    /// <summary>Fails the test if two pod objects of one process were ever live together, or if nothing was seen.</summary>
    public void AssertNeverTwoOfOne()
    {
        lock (_lock)
        {
            Assert.True(_events > 0, $"no pod was ever seen in {_namespace}");
            Assert.True(_violations.Count == 0, string.Join('\n', _violations));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_version is null)
                    await ListAsync();
                await WatchAsync();
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or IOException or System.Text.Json.JsonException)
            {
                // The API server is down: what follows is watched from where this ended, or listed.
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }

    private async Task ListAsync()
    {
        var list = JsonNode.Parse(await new Kubectl().RunAsync("get", "--raw", $"/api/v1/namespaces/{_namespace}/pods"))!;
        lock (_lock)
        {
            _live.Clear();
            foreach (var pod in list["items"]!.AsArray())
                Take(pod!, isDeleted: false);
            _version = (string)list["metadata"]!["resourceVersion"]!;
        }
    }

    private async Task WatchAsync()
    {
        var start = new ProcessStartInfo("kubectl", ["get", "--raw", $"/api/v1/namespaces/{_namespace}/pods?watch=1&allowWatchBookmarks=true&resourceVersion={_version}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(_stop.Token) is { } line)
            {
                var change = JsonNode.Parse(line)!;
                lock (_lock)
                {
                    var type = (string)change["type"]!;
                    if (type == "ERROR")
                    {
                        _version = null;
                        return;
                    }
                    _version = (string)change["object"]!["metadata"]!["resourceVersion"]!;
                    if (type != "BOOKMARK")
                        Take(change["object"]!, isDeleted: type == "DELETED");
                }
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private void Take(JsonNode pod, bool isDeleted)
    {
        if ((string?)pod["metadata"]!["labels"]?["fedoperator.io/process"] is not { } process)
            return;
        _events++;
        var name = (string)pod["metadata"]!["name"]!;
        var uid = (string)pod["metadata"]!["uid"]!;
        _names.Add($"{process}\t{name}");
        var isFinished = (string?)pod["status"]!["phase"] is "Succeeded" or "Failed";
        if (isDeleted || isFinished)
        {
            _live.Remove(uid);
            return;
        }
        _live[uid] = new Seen(process, name);
        var together = _live.Values.Where(p => p.Process == process).Select(p => p.Name).ToList();
        if (together.Count > 1)
            _violations.Add($"{_namespace}: {process} has {together.Count} live pod objects: {string.Join(", ", together)}");
    }

    private sealed record Seen(string Process, string Name);
}
