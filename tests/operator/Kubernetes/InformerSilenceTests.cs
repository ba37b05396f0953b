using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Operator.Tests.Kubernetes;

/// <summary>A server that sends no bookmarks, where nothing happens for an hour: its watches look like dead connections.</summary>
public sealed class InformerSilenceTests
{
    private readonly ManualTime _time = new();
    private int _lists;
    private int _watches;
    private volatile bool _isAway;

    [Fact]
    public async Task Is_not_taken_for_gone_while_it_answers_at_all()
    {
        var worst = await FollowAsync();
        Assert.True(worst < Health.Stale, $"{worst}");
        // At the start, and after every second silent watch.
        Assert.InRange(_lists, 10, 13);
    }

    [Fact]
    public async Task Is_taken_for_gone_when_it_answers_no_more()
    {
        var worst = await FollowAsync(awayAfter: TimeSpan.FromMinutes(20));
        Assert.True(worst > TimeSpan.FromMinutes(35), $"{worst}");
    }

    /// <returns>The longest time without a word.</returns>
    private async Task<TimeSpan> FollowAsync(TimeSpan? awayAfter = null)
    {
        var informer = new Informer<V1Pod, ObservedPod>(
            new InformerResource<V1Pod, ObservedPod>
            {
                Name = "pods",
                List = (page, _) =>
                {
                    if (_isAway)
                        throw new HttpRequestException("it is away");
                    Interlocked.Increment(ref _lists);
                    return Task.FromResult(new ObjectPage<V1Pod>([], "1", null));
                },
                Watch = (_, cancellationToken) => SilentAsync(cancellationToken),
                Project = _ => null,
                Key = _ => default,
                ResourceVersion = _ => "1",
                Job = _ => default,
            },
            [], _ => { }, new InformerOptions(), _time, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = informer.RunAsync(stop.Token);
        var worst = TimeSpan.Zero;
        for (var minutes = 0; minutes < 60; minutes++)
        {
            _isAway = awayAfter is { } away && TimeSpan.FromMinutes(minutes) >= away;
            // It is at its watch again, or it waits for its next try.
            for (var i = 0; Volatile.Read(ref _watches) == 0 && !_isAway; i++)
            {
                Assert.True(i < 1000, "no watch");
                await Task.Delay(5);
            }
            worst = informer.SinceHeard > worst ? informer.SinceHeard : worst;
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(40);
        }
        await stop.CancelAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        return worst;
    }

    private async IAsyncEnumerable<(WatchEventType, V1Pod)> SilentAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _watches);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
        yield break;
    }
}
