using FedOperator.Operator.Kubernetes;

namespace FedOperator.Operator.Tests.Kubernetes;

public sealed class WorkQueueTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>(_time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_twice_waits_once()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("a");
        Assert.Equal((2, 2L), (_queue.Depth, _queue.Adds));
        Assert.Equal("a", await TakeAsync());
        Assert.Equal("b", await TakeAsync());
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task Add_during_processing_requeues_on_done()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        _queue.Add("a");
        Assert.Equal(0, _queue.Depth);
        _queue.Done("a");
        Assert.Equal(1, _queue.Depth);
        await TakeAsync();
        _queue.Done("a");
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task No_key_is_with_two_workers_and_none_is_lost()
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"k{i}").ToArray();
        var added = keys.ToDictionary(k => k, _ => 0, StringComparer.Ordinal);
        var seen = keys.ToDictionary(k => k, _ => 0, StringComparer.Ordinal);
        var busy = keys.ToDictionary(k => k, _ => 0, StringComparer.Ordinal);
        var gate = new Lock();
        var overlaps = 0;
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (await _queue.TakeAsync(CancellationToken.None) is { } taken)
            {
                lock (gate)
                {
                    overlaps += busy[taken.Key]++ == 0 ? 0 : 1;
                    seen[taken.Key] = added[taken.Key];
                }
                await Task.Yield();
                lock (gate)
                    busy[taken.Key]--;
                _queue.Done(taken.Key);
            }
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var key = keys[(i * 7 + t) % keys.Length];
                lock (gate)
                    added[key]++;
                _queue.Add(key);
                if (i % 50 == 0)
                    await Task.Yield();
            }
        })));
        // Each key's last addition is seen by some pass that began after it.
        for (var i = 0; i < 1000 && !Settled(); i++)
            await Task.Delay(10);
        _queue.ShutDown();
        await Task.WhenAll(workers);
        Assert.Equal(0, overlaps);
        Assert.Equal(added, seen);

        bool Settled()
        {
            lock (gate)
                return _queue.Depth == 0 && _queue.UnderWay().Count == 0 && keys.All(k => added[k] == seen[k]);
        }
    }

    [Fact]
    public void Of_several_times_the_earliest_counts()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(3));
        _queue.AddAfter("a", TimeSpan.FromSeconds(7));
        _queue.AddAfter("b", TimeSpan.FromSeconds(5));
        Assert.Equal((2, 0), (_queue.Delayed, _queue.Depth));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, _queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((1, 1), (_queue.Delayed, _queue.Depth));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 2, 2L), (_queue.Delayed, _queue.Depth, _queue.Adds));
    }

    [Fact]
    public void A_time_beyond_what_timers_know_is_kept()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(100));
        _time.Advance(TimeSpan.FromDays(99.9));
        Assert.Equal((1, 0), (_queue.Delayed, _queue.Depth));
        _time.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal((0, 1), (_queue.Delayed, _queue.Depth));
    }

    [Fact]
    public void No_time_means_now()
    {
        _queue.AddAfter("a", TimeSpan.Zero);
        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public void A_key_that_fails_comes_later_and_later_until_it_is_forgotten()
    {
        var delays = Enumerable.Range(0, 40).Select(_ => _queue.AddFailed("a")).ToList();
        for (var i = 0; i < delays.Count; i++)
        {
            var most = Math.Min(5 * Math.Pow(2, i), 300_000);
            Assert.InRange(delays[i].TotalMilliseconds, most / 2, most);
        }
        Assert.Equal(40, _queue.Failures("a"));
        Assert.InRange(_queue.AddFailed("b").TotalMilliseconds, 2.5, 5);
        _queue.Forget("a");
        Assert.InRange(_queue.AddFailed("a").TotalMilliseconds, 2.5, 5);
    }

    [Fact]
    public async Task Waits_and_work_are_timed()
    {
        _queue.Add("a");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), (await _queue.TakeAsync(CancellationToken.None))!.Value.Waited);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([TimeSpan.FromSeconds(3)], _queue.UnderWay());
        _queue.Done("a");
        Assert.Empty(_queue.UnderWay());
    }

    [Fact]
    public async Task After_shutting_down_nothing_is_taken_but_what_is_worked_on_ends()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.AddAfter("c", TimeSpan.FromSeconds(1));
        await TakeAsync();
        var waiting = Task.Run(() => _queue.TakeAsync(CancellationToken.None));
        Assert.Equal("b", (await waiting)!.Value.Key);
        var idle = _queue.TakeAsync(CancellationToken.None);
        _queue.ShutDown();
        Assert.Null(await idle);
        _queue.Add("d");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await _queue.TakeAsync(CancellationToken.None));
        Assert.False(_queue.Idle.IsCompleted);
        _queue.Done("a");
        _queue.Done("b");
        await _queue.Idle.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_worker_that_waits_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var taking = _queue.TakeAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    private async Task<string> TakeAsync() => (await _queue.TakeAsync(CancellationToken.None))!.Value.Key;
}
