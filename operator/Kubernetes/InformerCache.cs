using System.Globalization;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Projections of the objects of one kind, by name and by job.</summary>
/// <remarks>
/// Resource versions are compared as numbers. To clients they were opaque for long, but every API server takes them from one growing revision (etcd's), and since Kubernetes 1.35
/// their order as decimal numbers is part of the API for all objects of one kind. Without that order nobody could tell whether a watch is behind or ahead of one's own write.
/// </remarks>
internal sealed class InformerCache<TProjection>(Func<TProjection, ObjectKey> key, Func<TProjection, JobKey> job)
    where TProjection : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];
    private readonly Dictionary<JobKey, List<Entry>> _jobs = [];

    // By the stream's namespace (empty: the one of all namespaces): up to where its events are in the cache.
    private readonly Dictionary<string, ulong> _positions = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Reads a resource version.</summary>
    public static ulong Version(string resourceVersion) => ulong.Parse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>One projection; null: there is none.</summary>
    public TProjection? Find(ObjectKey name)
    {
        lock (_lock)
            return _entries.GetValueOrDefault(name)?.Value;
    }

    /// <summary>All projections of a job.</summary>
    public IReadOnlyList<TProjection> Of(JobKey name)
    {
        lock (_lock)
            return _jobs.TryGetValue(name, out var entries) ? [.. entries.Select(e => e.Value)] : [];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<TProjection> All()
    {
        lock (_lock)
            return [.. _entries.Values.Select(e => e.Value)];
    }

    /// <summary>Takes in what a list or a watch says of an object, unless the cache knows better.</summary>
    /// <param name="stream">Namespace of the stream; empty: all.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="value">Null: it is gone.</param>
    /// <param name="version">Of the object.</param>
    /// <param name="position">Where the stream is with this; null: in the middle of a list.</param>
    /// <returns>Jobs that changed.</returns>
    public IReadOnlyList<JobKey> Apply(string stream, ObjectKey name, TProjection? value, ulong version, ulong? position)
    {
        lock (_lock)
        {
            // With the event, not after it: in between, an assumption about an object just deleted would bring it back for good.
            if (position is { } at)
                _positions[stream] = at;
            return _entries.TryGetValue(name, out var known) && known.Version > version ? [] : Set(name, value, version);
        }
    }

    /// <summary>The stream is here; nothing changed.</summary>
    public void Advance(string stream, ulong position)
    {
        lock (_lock)
            _positions[stream] = position;
    }

    /// <summary>Begins a list. One that shows an older state than the stream has seen (etcd was restored from a backup) replaces all that is known, whatever its version.</summary>
    /// <param name="stream">Namespace of the stream; empty: all.</param>
    /// <param name="position">State that the list shows.</param>
    public void BeginList(string stream, ulong position)
    {
        lock (_lock)
        {
            if (!_positions.TryGetValue(stream, out var at) || at <= position)
                return;
            _positions[stream] = position;
            foreach (var entry in _entries.Values.Where(e => stream.Length == 0 || e.Key.Namespace == stream))
                entry.Version = 0;
        }
    }

    /// <summary>Ends a list: what it did not show is gone, unless it came later.</summary>
    /// <returns>Jobs that changed.</returns>
    public IReadOnlyList<JobKey> EndList(string stream, HashSet<ObjectKey> listed, ulong position)
    {
        lock (_lock)
        {
            _positions[stream] = position;
            var gone = _entries.Values.Where(e => (stream.Length == 0 || e.Key.Namespace == stream) && e.Version <= position && !listed.Contains(e.Key)).ToList();
            return [.. gone.SelectMany(e => Set(e.Key, null, position)).Distinct()];
        }
    }

    /// <summary>Takes in what the API server answered to a write of our own, unless the stream has shown something newer.</summary>
    /// <param name="stream">Namespace of the stream; empty: all.</param>
    /// <param name="value">The object as answered.</param>
    /// <param name="version">Its version.</param>
    public void Assume(string stream, TProjection value, ulong version)
    {
        var name = key(value);
        lock (_lock)
        {
            // An object that the cache lacks though the stream has gone past this version was deleted since.
            var isNews = _entries.TryGetValue(name, out var known) ? known.Version <= version : _positions.GetValueOrDefault(stream) < version;
            if (isNews)
                _ = Set(name, value, version);
        }
    }

    private IReadOnlyList<JobKey> Set(ObjectKey name, TProjection? value, ulong version)
    {
        var before = _entries.GetValueOrDefault(name);
        if (before is not null)
        {
            var siblings = _jobs[before.Job];
            siblings.Remove(before);
            if (siblings.Count == 0)
                _jobs.Remove(before.Job);
            _entries.Remove(name);
        }
        if (value is null)
            return before is null ? [] : [before.Job];
        var entry = new Entry(name, job(value), version, value);
        _entries.Add(name, entry);
        if (!_jobs.TryGetValue(entry.Job, out var entries))
            _jobs.Add(entry.Job, entries = []);
        entries.Add(entry);
        return before is null || before.Job == entry.Job ? [entry.Job] : [before.Job, entry.Job];
    }

    private sealed class Entry(ObjectKey key, JobKey job, ulong version, TProjection value)
    {
        public ObjectKey Key { get; } = key;

        public JobKey Job { get; } = job;

        public ulong Version { get; set; } = version;

        public TProjection Value { get; } = value;
    }
}
