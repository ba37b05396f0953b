using FedOperator.Operator.Jobs;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Knows all objects of one kind as the API server has them, a moment late; never older than this process's own writes, if it is told of them.</summary>
internal sealed class Informer<TObject, TProjection>
    where TObject : IMetadata<V1ObjectMeta>
    where TProjection : class
{
    private readonly InformerResource<TObject, TProjection> _resource;
    private readonly InformerCache<TProjection> _cache;
    private readonly IReadOnlyList<InformerStream<TObject, TProjection>> _streams;
    private readonly bool _isClusterWide;

    /// <summary>Makes one; it does nothing yet.</summary>
    /// <param name="resource">What to follow.</param>
    /// <param name="namespaces">Where; empty: everywhere.</param>
    /// <param name="changed">Told of each job with a change: deduplicate. Called from several threads.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For what goes wrong.</param>
    public Informer(InformerResource<TObject, TProjection> resource, IReadOnlyList<string> namespaces, Action<JobKey> changed, InformerOptions options, TimeProvider time, ILogger logger)
    {
        _resource = resource;
        _cache = new InformerCache<TProjection>(resource.Key, resource.Job);
        _isClusterWide = namespaces.Count == 0;
        _streams = [.. (_isClusterWide ? [null] : namespaces.Distinct(StringComparer.Ordinal).ToArray<string?>())
            .Select(n => new InformerStream<TObject, TProjection>(resource, n, _cache, changed, options, time, logger))];
    }

    /// <summary>Plural name of what it follows.</summary>
    public string Name => _resource.Name;

    /// <summary>Ends once everything was listed: before that, what is missing may just not be known yet.</summary>
    public Task Synced => Task.WhenAll(_streams.Select(s => s.Listed));

    /// <summary>For how long the API server was not heard of, in the namespace where that is longest. Beyond some minutes the cache is not to be trusted.</summary>
    public TimeSpan SinceHeard => _streams.Max(s => s.SinceHeard);

    /// <summary>Lists that were finished: more than one a namespace means that watches were lost.</summary>
    public long Lists => _streams.Sum(s => s.Lists);

    /// <summary>Watches that were opened.</summary>
    public long Watches => _streams.Sum(s => s.Watches);

    /// <summary>How many objects it keeps.</summary>
    public int Count => _cache.Count;

    /// <summary>Follows until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_streams.Select(s => s.RunAsync(cancellationToken)));

    /// <summary>One projection; null: there is no such object.</summary>
    public TProjection? Find(ObjectKey name) => _cache.Find(name);

    /// <summary>All projections that belong to a job.</summary>
    public IReadOnlyList<TProjection> Of(JobKey job) => _cache.Of(job);

    /// <summary>All projections.</summary>
    public IReadOnlyList<TProjection> All() => _cache.All();

    /// <summary>Takes in the API server's answer to a write of this process, so that its next pass does not act on a cache older than that. Changed jobs are not told of: who wrote knows.</summary>
    public void Assume(TProjection written) =>
        _cache.Assume(_isClusterWide ? "" : _resource.Key(written).Namespace, written, InformerCache<TProjection>.Version(_resource.ResourceVersion(written)));
}
