using System.Threading.Channels;

namespace FedOperator.Operator.Kubernetes;

/// <summary>A key that was taken from a queue.</summary>
/// <param name="Key">What to work on; it must be given back with <see cref="WorkQueue{TKey}.Done"/>.</param>
/// <param name="Waited">Since it was added.</param>
internal readonly record struct Taken<TKey>(TKey Key, TimeSpan Waited);

/// <summary>
/// Keys to work on, each waiting at most once, and never with two workers: one that is added while it is worked on comes again when that is done.
/// After failures a key comes later and later. For any number of threads.
/// </summary>
internal sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly WorkQueueTimers<TKey> _timers;

    // Unbounded: it holds each key at most once.
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Added and not yet taken, and since when.
    private readonly Dictionary<TKey, long> _dirty = [];

    // Taken and not yet done, and since when.
    private readonly Dictionary<TKey, long> _processing = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private long _adds;
    private bool _isShutDown;

    /// <summary>Makes an empty one.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="firstDelay">After a key's first failure; doubles. Null: 5 ms, as controller-runtime.</param>
    /// <param name="longestDelay">It grows no further. Null: 5 min.</param>
    /// <param name="seed">Where the draws of the delays start.</param>
    public WorkQueue(TimeProvider time, TimeSpan? firstDelay = null, TimeSpan? longestDelay = null, ulong seed = 0)
    {
        _time = time;
        _backoff = new Backoff(firstDelay ?? TimeSpan.FromMilliseconds(5), longestDelay ?? TimeSpan.FromMinutes(5), seed);
        _timers = new WorkQueueTimers<TKey>(time, Add);
    }

    /// <summary>Keys that wait for a worker.</summary>
    public int Depth => _ready.Reader.Count;

    /// <summary>Keys that wait for their time.</summary>
    public int Delayed => _timers.Count;

    /// <summary>Additions that were not duplicates, since the start.</summary>
    public long Adds => Interlocked.Read(ref _adds);

    /// <summary>Ends once the queue is shut down and no key is worked on.</summary>
    public Task Idle => _idle.Task;

    /// <summary>For how long each key that is worked on has been.</summary>
    public IReadOnlyList<TimeSpan> UnderWay()
    {
        lock (_lock)
            return [.. _processing.Values.Select(since => _time.GetElapsedTime(since))];
    }

    /// <summary>Adds a key, unless it waits already.</summary>
    public void Add(TKey key)
    {
        lock (_lock)
        {
            if (_isShutDown || !_dirty.TryAdd(key, _time.GetTimestamp()))
                return;
            Interlocked.Increment(ref _adds);
            if (!_processing.ContainsKey(key))
                _ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Adds a key after a time; of several such times the earliest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
            Add(key);
        else
            _timers.Set(key, delay);
    }

    /// <summary>Adds a key that failed: after its first failure soon, then later and later.</summary>
    /// <returns>After what time.</returns>
    public TimeSpan AddFailed(TKey key)
    {
        int failures;
        lock (_lock)
            _failures[key] = failures = _failures.GetValueOrDefault(key) + 1;
        var delay = _backoff.After(failures);
        AddAfter(key, delay);
        return delay;
    }

    /// <summary>A key went well: its failures count no longer.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
            _failures.Remove(key);
    }

    /// <summary>How often a key failed in a row.</summary>
    public int Failures(TKey key)
    {
        lock (_lock)
            return _failures.GetValueOrDefault(key);
    }

    /// <summary>Waits for a key; null once the queue is shut down.</summary>
    public async Task<Taken<TKey>?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            lock (_lock)
            {
                if (_isShutDown)
                    return null;
                if (!_ready.Reader.TryRead(out var key))
                    continue;
                _dirty.Remove(key, out var since);
                _processing.Add(key, _time.GetTimestamp());
                return new Taken<TKey>(key, _time.GetElapsedTime(since));
            }
        }
        return null;
    }

    /// <summary>Gives a key back; if it was added in the meantime, it waits again.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            _processing.Remove(key);
            if (_dirty.ContainsKey(key))
                _ready.Writer.TryWrite(key);
            if (_isShutDown && _processing.Count == 0)
                _idle.TrySetResult();
        }
    }

    /// <summary>Nothing is added or taken any more: what waits is for whoever observes next. What is worked on goes on to its end: <see cref="Idle"/>.</summary>
    public void ShutDown()
    {
        lock (_lock)
        {
            _isShutDown = true;
            _ready.Writer.TryComplete();
            if (_processing.Count == 0)
                _idle.TrySetResult();
        }
        _timers.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => ShutDown();
}
