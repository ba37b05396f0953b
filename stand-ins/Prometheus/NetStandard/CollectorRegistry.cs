using System.Text;

namespace Prometheus;

/// <summary>The metrics that are exported together.</summary>
public sealed class CollectorRegistry
{
    private readonly Lock gate = new();
    private readonly List<string> order = [];
    private readonly Dictionary<string, List<Collector>> families = new(StringComparer.Ordinal);
    private readonly List<Action> callbacks = [];
    private readonly List<Func<CancellationToken, Task>> asyncCallbacks = [];
    private Action? beforeFirst;
    private bool collected;

    internal CollectorRegistry()
    {
    }

    /// <summary>Called before each collection. What it throws is lost: the collection goes on.</summary>
    public void AddBeforeCollectCallback(Action callback)
    {
        lock (gate)
            callbacks.Add(callback);
    }

    /// <inheritdoc cref="AddBeforeCollectCallback(Action)"/>
    public void AddBeforeCollectCallback(Func<CancellationToken, Task> callback)
    {
        lock (gate)
            asyncCallbacks.Add(callback);
    }

    /// <summary>Writes every metric as text format 0.0.4.</summary>
    public async Task CollectAndExportAsTextAsync(Stream to, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        var text = new StringBuilder();
        foreach (var family in await CollectAsync(cancel))
        {
            family[0].WriteDeclaration(text);
            family.ForEach(c => c.WriteSeries(text));
        }
        await to.WriteAsync(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text.ToString()), cancel);
        await to.FlushAsync(cancel);
    }

    internal void BeforeFirstCollection(Action action)
    {
        lock (gate)
        {
            if (!collected)
                beforeFirst = action;
        }
    }

    /// <exception cref="InvalidOperationException">The name is taken by a metric of another kind.</exception>
    internal T GetOrAdd<T>(string name, string[] labelNames, Func<T> create)
        where T : Collector
    {
        lock (gate)
        {
            if (!families.TryGetValue(name, out var family))
            {
                var first = create();
                families.Add(name, [first]);
                order.Add(name);
                return first;
            }
            if (family[0] is not T)
                throw new InvalidOperationException("Collector of a different type with the same name is already registered.");
            var found = (T?)family.Find(c => c.LabelNames.AsSpan().SequenceEqual(labelNames));
            if (found is null)
                family.Add(found = create());
            return found;
        }
    }

    private async Task<List<List<Collector>>> CollectAsync(CancellationToken cancel)
    {
        Action? first = null;
        lock (gate)
        {
            if (!collected)
                (collected, first, beforeFirst) = (true, beforeFirst, null);
        }
        first?.Invoke();
        Action[] before;
        Func<CancellationToken, Task>[] beforeAsync;
        lock (gate)
            (before, beforeAsync) = ([.. callbacks], [.. asyncCallbacks]);
        foreach (var callback in before)
            await TryAsync(() => { callback(); return Task.CompletedTask; });
        await Task.WhenAll(beforeAsync.Select(c => TryAsync(() => c(cancel))));
        lock (gate)
            return [.. order.Select(name => families[name].ToList())];
    }

    private static async Task TryAsync(Func<Task> callback)
    {
        try
        {
            await callback();
        }
        catch (Exception e)
        {
            System.Diagnostics.Trace.WriteLine($"Metrics before-collect callback failed: {e}");
        }
    }
}
