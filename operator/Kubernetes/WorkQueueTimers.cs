namespace FedOperator.Operator.Kubernetes;

/// <summary>Keys that wait for their time, behind one timer of the clock.</summary>
internal sealed class WorkQueueTimers<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey> _due;
    private readonly ITimer _timer;
    private readonly Dictionary<TKey, Waiting> _byKey = [];
    private readonly SortedSet<Waiting> _byTime = new(Comparer<Waiting>.Create((a, b) => (a.At, a.Order).CompareTo((b.At, b.Order))));
    private long _order;
    private bool _isDisposed;

    /// <summary>Makes it.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="due">Told of a key when its time has come.</param>
    public WorkQueueTimers(TimeProvider time, Action<TKey> due)
    {
        (_time, _due) = (time, due);
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byKey.Count;
        }
    }

    /// <summary>Lets a key wait so long, unless it waits for an earlier time already.</summary>
    public void Set(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            var at = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
            if (_byKey.TryGetValue(key, out var known))
            {
                if (known.At <= at)
                    return;
                _byTime.Remove(known);
            }
            var waiting = new Waiting(key, at, _order++);
            _byKey[key] = waiting;
            _byTime.Add(waiting);
            if (_byTime.Min == waiting)
                Arm();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _byKey.Clear();
            _byTime.Clear();
        }
        _timer.Dispose();
    }

    private void Fire()
    {
        var due = new List<TKey>();
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            while (_byTime.Min is { } first && first.At <= now)
            {
                _byTime.Remove(first);
                _byKey.Remove(first.Key);
                due.Add(first.Key);
            }
            if (!_isDisposed)
                Arm();
        }
        due.ForEach(_due);
    }

    private void Arm()
    {
        if (_byTime.Min is not { } first)
            return;
        var wait = TimeSpan.FromSeconds(Math.Max(0, first.At - _time.GetTimestamp()) / (double)_time.TimestampFrequency);
        // Timers count whole milliseconds, rounded down: one too early would fire in vain. The longest that they know is some 49 days; a day is as good.
        wait = wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private sealed record Waiting(TKey Key, long At, long Order);
}
