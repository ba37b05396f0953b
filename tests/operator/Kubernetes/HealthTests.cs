using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s.LeaderElection;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Operator.Tests.Kubernetes;

/// <summary>What /healthz and /readyz say, as time goes by.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly WorkQueue<JobKey> _queue;
    private readonly LeaseSight _sight;
    private readonly Health _health;

    public HealthTests()
    {
        _queue = new WorkQueue<JobKey>(_time);
        _sight = new LeaseSight("fed-system/fed", "this", _time);
        _health = new Health(new Caches(Silent<FederatedJobResource, JobObject>(), Silent<V1Pod, ObservedPod>()), _queue, _sight);
    }

    [Fact]
    public void At_work_it_is_well_until_the_API_server_was_not_heard_of_for_six_minutes()
    {
        _health.Phase = HostPhase.Working;
        _time.Advance(Health.Stale);
        Assert.Equal((null, null), Answers());
        _time.Advance(TimeSpan.FromSeconds(1));
        const string Stale = "stale: the API server was not heard of for 361s";
        Assert.Equal((Stale, Stale), Answers());
    }

    [Fact]
    public void While_it_lists_it_is_alive_and_not_ready_and_in_the_end_stale()
    {
        _health.Phase = HostPhase.Syncing;
        Assert.Equal((null, "jobs and pods are being listed"), Answers());
        _time.Advance(Health.Stale + TimeSpan.FromSeconds(1));
        Assert.Equal(("stale: the API server was not heard of for 361s", "jobs and pods are being listed"), Answers());
    }

    [Fact]
    public async Task A_pass_that_does_not_even_give_up_is_stuck()
    {
        _health.Phase = HostPhase.Stopping;
        _queue.Add(new JobKey("team", "fashion"));
        var taken = await _queue.TakeAsync(default);
        _time.Advance(Workers.LongestPass + TimeSpan.FromMinutes(1));
        Assert.Null(_health.NotLive());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("stuck: a pass has been going on for 361s", _health.NotLive());
        _queue.Done(taken!.Value.Key);
        Assert.Null(_health.NotLive());
    }

    [Fact]
    public void While_it_stops_it_is_alive_and_not_ready()
    {
        _health.Phase = HostPhase.Stopping;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((null, "it is being stopped"), Answers());
    }

    [Fact]
    public void Who_stands_by_is_ready_while_it_sees_another_renew_the_lease()
    {
        Assert.Equal((null, "no operator was seen to hold the Lease fed-system/fed yet: nobody holds it"), Answers());
        for (var i = 0; i < 600; i++)
        {
            Renewed("other", i);
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal((null, null), Answers());
        }
    }

    [Fact]
    public void Who_stands_by_is_not_ready_half_a_minute_after_the_last_renewal_and_not_alive_after_six()
    {
        Renewed("other", 0);
        _time.Advance(Health.Unled);
        // Read again and again, and always the same.
        Renewed("other", 0);
        Assert.Equal((null, null), Answers());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((null, "no operator was seen to renew the Lease fed-system/fed for 31s: other holds it and does not renew it"), Answers());
        _time.Advance(Health.Stale);
        Assert.Equal("no operator was seen to renew the Lease fed-system/fed for 391s: other holds it and does not renew it", _health.NotLive());
        Renewed("next", 1);
        Assert.Equal((null, null), Answers());
    }

    [Fact]
    public void Who_stands_by_and_never_reaches_the_lease_says_why()
    {
        _sight.Failed("Connection refused (10.96.0.1:443)");
        Assert.Equal((null, "no operator was seen to hold the Lease fed-system/fed yet: Connection refused (10.96.0.1:443)"), Answers());
        _time.Advance(Health.Stale + TimeSpan.FromSeconds(1));
        const string Unled = "no operator was seen to renew the Lease fed-system/fed for 361s: Connection refused (10.96.0.1:443)";
        Assert.Equal((Unled, Unled), Answers());
    }

    [Fact]
    public void Who_has_just_taken_the_lease_is_not_ready_by_its_own_renewal()
    {
        Renewed("other", 0);
        Renewed("this", 1);
        Assert.Equal((null, "it has only begun"), Answers());
    }

    [Fact]
    public void A_released_lease_is_nobodys()
    {
        Renewed("other", 0);
        _sight.Saw(new LeaderElectionRecord { HolderIdentity = "", RenewTime = _time.GetUtcNow().UtcDateTime });
        _time.Advance(Health.Unled + TimeSpan.FromSeconds(1));
        Assert.Equal("no operator was seen to renew the Lease fed-system/fed for 31s: nobody holds it", _health.NotReady());
    }

    public void Dispose() => _queue.Dispose();

    private (string? NotLive, string? NotReady) Answers() => (_health.NotLive(), _health.NotReady());

    // Clocks differ: what the holder's says counts only in that it moves on.
    private void Renewed(string holder, int seconds) => _sight.Saw(new LeaderElectionRecord { HolderIdentity = holder, RenewTime = DateTime.UnixEpoch.AddSeconds(seconds) });

    /// <summary>Of a server that is never heard of.</summary>
    private Informer<TObject, TProjection> Silent<TObject, TProjection>()
        where TObject : IMetadata<V1ObjectMeta>
        where TProjection : class => new(
            new InformerResource<TObject, TProjection>
            {
                Name = "things",
                List = (_, _) => throw new InvalidOperationException("it is not asked"),
                Watch = (_, _) => throw new InvalidOperationException("it is not asked"),
                Project = _ => null,
                Key = _ => default,
                ResourceVersion = _ => "",
                Job = _ => default,
            },
            [],
            _ => { },
            new InformerOptions(),
            _time,
            NullLogger.Instance);
}
