using System.Net;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Lists and watches the objects of one namespace, or of all, into a cache: a list in pages, then watches from its resource version on; again from the list where the server has forgotten that version.</summary>
/// <param name="resource">What is followed.</param>
/// <param name="namespace">Null: all.</param>
/// <param name="cache">Where projections go.</param>
/// <param name="changed">Told of each job with a change, often more than once.</param>
/// <param name="options">Bounds.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what goes wrong.</param>
internal sealed class InformerStream<TObject, TProjection>(
    InformerResource<TObject, TProjection> resource, string? @namespace, InformerCache<TProjection> cache, Action<JobKey> changed, InformerOptions options, TimeProvider time, ILogger logger)
    where TObject : IMetadata<V1ObjectMeta>
    where TProjection : class
{
    private const int SilencesUntilList = 2;

    private readonly Backoff _backoff = new(options.FirstDelay, options.LongestDelay, options.Seed);
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _stream = @namespace ?? "";
    private readonly string _where = @namespace ?? "all namespaces";
    private long _heard = time.GetTimestamp();
    private long _lists;
    private long _watches;

    // Watches in a row that were silent.
    private int _silences;

    // Where the next watch starts; null: a list must come first.
    private string? _from;

    /// <summary>Ends once the first list is in the cache.</summary>
    public Task Listed => _listed.Task;

    /// <summary>For how long nothing was heard from the server: no page, no event, no bookmark.</summary>
    public TimeSpan SinceHeard => time.GetElapsedTime(Interlocked.Read(ref _heard));

    /// <summary>Lists that were finished.</summary>
    public long Lists => Interlocked.Read(ref _lists);

    /// <summary>Watches that were opened.</summary>
    public long Watches => Interlocked.Read(ref _watches);

    /// <summary>Follows until it is cancelled; faults are waited out.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Heard();
        var failures = 0;
        var wasGone = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            string problem;
            try
            {
                if (_from is null)
                    await ListAsync(cancellationToken).ConfigureAwait(false);
                if (await WatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    (failures, wasGone) = (0, false);
                    continue;
                }
                problem = "the watch ended at once, without an event";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                problem = e.Message;
                if (IsGone(e))
                {
                    InformerLog.Gone(logger, resource.Name, _where, _from);
                    _from = null;
                    // The server is there: what failed before is over, unless it says so each time.
                    failures = wasGone ? failures : 0;
                    wasGone = true;
                }
                else if (e is not (HttpRequestException or IOException or HttpOperationException or OperationCanceledException or KubernetesException))
                {
                    // An event that could not be read may have been a change: only a list tells now.
                    _from = null;
                }
            }
            var wait = _backoff.After(++failures);
            InformerLog.Failed(logger, resource.Name, _where, failures, (int)wait.TotalMilliseconds, problem);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var listed = new HashSet<ObjectKey>();
        string? next = null;
        string version;
        do
        {
            var page = await resource.List(new PageRequest(@namespace, options.PageSize, next), cancellationToken).ConfigureAwait(false);
            Heard();
            if (next is null)
                cache.BeginList(_stream, InformerCache<TProjection>.Version(page.ResourceVersion));
            foreach (var item in page.Items)
            {
                listed.Add(Key(item));
                Apply(item, isGone: false, position: null);
            }
            (version, next) = (page.ResourceVersion, page.Continue);
        }
        while (!string.IsNullOrEmpty(next));

        Tell(cache.EndList(_stream, listed, InformerCache<TProjection>.Version(version)));
        _from = version;
        Interlocked.Increment(ref _lists);
        InformerLog.Listed(logger, resource.Name, _where, listed.Count, version);
        _listed.TrySetResult();
    }

    /// <returns>False: it brought nothing and ended at once.</returns>
    private async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var events = 0;
        Exception? failure = null;
        using var silence = new CancellationTokenSource(options.Silence, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var request = new WatchRequest(@namespace, _from!, (int)_backoff.Between(options.ShortestWatch, options.LongestWatch).TotalSeconds, e =>
        {
            // What follows an error in a stream is worth nothing.
            failure ??= e;
            cancel.Cancel();
        });
        Interlocked.Increment(ref _watches);
        try
        {
            await foreach (var (type, item) in resource.Watch(request, cancel.Token).ConfigureAwait(false))
            {
                events++;
                _silences = 0;
                silence.CancelAfter(options.Silence);
                Heard();
                Take(type, item);
            }
        }
        catch (Exception) when (failure is not null)
        {
            // It is thrown below.
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            InformerLog.Silent(logger, resource.Name, _where, options.Silence.TotalSeconds);
            // Not the connection, then: a server without bookmarks where nothing happens, which its answer to a list shows to be there; or a server whose etcd was restored from a backup has no word for who watches from a version that it has not reached.
            if (++_silences >= SilencesUntilList)
                (_from, _silences) = (null, 0);
            return true;
        }
        catch (HttpRequestException e) when (e.InnerException is EndOfStreamException)
        {
            // The server ended a watch in which nothing happened.
        }
        if (failure is not null)
            throw failure;
        var lasted = time.GetElapsedTime(started) >= TimeSpan.FromSeconds(1);
        if (lasted)
            Heard();
        return lasted || events > 0;
    }

    private void Take(WatchEventType type, TObject item)
    {
        var version = InformerCache<TProjection>.Version(item.Metadata.ResourceVersion);
        if (type == WatchEventType.Bookmark)
            cache.Advance(_stream, version);
        else
            Apply(item, type == WatchEventType.Deleted, version);
        _from = item.Metadata.ResourceVersion;
    }

    private void Apply(TObject item, bool isGone, ulong? position)
    {
        TProjection? value = null;
        try
        {
            value = isGone ? null : resource.Project(item);
        }
        catch (Exception e)
        {
            // One object must not blind the operator to all others; and what cannot be read is not gone: the last that was known of it stands.
            InformerLog.Unreadable(logger, resource.Name, item.Metadata.NamespaceProperty, item.Metadata.Name, e);
            if (position is { } at)
                cache.Advance(_stream, at);
            return;
        }
        Tell(cache.Apply(_stream, Key(item), value, InformerCache<TProjection>.Version(item.Metadata.ResourceVersion), position));
    }

    private void Tell(IReadOnlyList<JobKey> jobs)
    {
        foreach (var job in jobs)
            changed(job);
    }

    private void Heard() => Interlocked.Exchange(ref _heard, time.GetTimestamp());

    private static ObjectKey Key(TObject item) => new(item.Metadata.NamespaceProperty, item.Metadata.Name);

    // As the answer to a request, or as a Status in a stream that began well.
    private static bool IsGone(Exception e) =>
        e is HttpOperationException { Response.StatusCode: HttpStatusCode.Gone } or KubernetesException { Status.Code: (int)HttpStatusCode.Gone };
}
