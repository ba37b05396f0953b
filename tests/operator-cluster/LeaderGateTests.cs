using System.Diagnostics;
using FedOperator.Operator.Kubernetes;
using FedOperator.Operator.Kubernetes.Http;
using FedOperator.Tests;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using static FedOperator.OperatorCluster.Tests.FollowedPods;

namespace FedOperator.OperatorCluster.Tests;

[Collection(Cluster.Name)]
public sealed class LeaderGateTests
{
    private const string Lease = "fed-operator";

    [Fact]
    public async Task One_of_two_leads_and_when_it_stops_the_other_begins_at_once()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        // Long enough that only a release explains a quick change.
        await using var one = new Competitor(@namespace.Client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 40);
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        await using var two = new Competitor(@namespace.Client, @namespace.Name, "two", leaseSeconds: 60, deadlineSeconds: 40);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal((true, false), (one.Gate.IsLeader, two.Gate.IsLeader));
        Assert.False(two.Leads.IsCompleted);
        Assert.Equal("one", (await ReadAsync(@namespace)).HolderIdentity);

        var clock = Stopwatch.StartNew();
        Assert.Equal(GateClosed.Stopped, await one.StopAsync());
        Assert.True(one.WorkEnded);
        await two.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{clock.Elapsed}");
        var lease = await ReadAsync(@namespace);
        Assert.Equal(("two", 1), (lease.HolderIdentity, lease.LeaseTransitions));
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_gives_up_before_another_begins()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var forwarder = new Forwarder(server.Configuration().Host);
        using var client = Through(server, forwarder);
        await using var one = new Competitor(client, @namespace.Name, "one", leaseSeconds: 6, deadlineSeconds: 3);
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        await using var two = new Competitor(@namespace.Client, @namespace.Name, "two", leaseSeconds: 6, deadlineSeconds: 3);
        await UntilAsync(() => two.HasCompeted, "a first try");
        forwarder.Refuses = true;
        forwarder.Hold();
        Assert.Equal(GateClosed.Lost, await one.Closed.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.False(two.Gate.IsLeader);
        await UntilAsync(() => one.WorkEnded, "the end of the work");
        await two.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("two", (await ReadAsync(@namespace)).HolderIdentity);
    }

    /// <summary>The elector itself gives up at the first refused connection.</summary>
    [Fact]
    public async Task A_fault_that_passes_in_time_costs_no_lead()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var forwarder = new Forwarder(server.Configuration().Host);
        using var client = Through(server, forwarder);
        forwarder.Refuses = true;
        await using var one = new Competitor(client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 30);
        await UntilAsync(() => forwarder.Accepted > 0, "a try in vain");
        forwarder.Refuses = false;
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));

        forwarder.Refuses = true;
        forwarder.Cut();
        var tries = forwarder.Accepted;
        await UntilAsync(() => forwarder.Accepted > tries + 1, "tries in vain");
        forwarder.Refuses = false;
        var before = (await ReadAsync(@namespace)).RenewTime;
        for (var i = 0; (await ReadAsync(@namespace)).RenewTime == before; i++)
        {
            Assert.True(i < 200, "no renewal within 20 s");
            await Task.Delay(100);
        }
        Assert.True(one.Gate.IsLeader);
        Assert.Equal(0, (await ReadAsync(@namespace)).LeaseTransitions);
    }

    [Fact]
    public async Task Who_stops_while_another_leads_takes_nothing_from_it()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var one = new Competitor(@namespace.Client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 40);
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        await using var two = new Competitor(@namespace.Client, @namespace.Name, "two", leaseSeconds: 60, deadlineSeconds: 40);
        await UntilAsync(() => two.HasCompeted, "a first try");
        Assert.Equal(GateClosed.Stopped, await two.StopAsync());
        Assert.False(two.Leads.IsCompleted);
        Assert.Equal("one", (await ReadAsync(@namespace)).HolderIdentity);
        Assert.True(one.Gate.IsLeader);
    }

    [Fact]
    public async Task Work_that_fails_is_told_of_and_the_lease_is_released()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        var gate = new LeaderGate(@namespace.Client, new LeaderGateOptions { Namespace = @namespace.Name, Identity = "one" }, TimeProvider.System, NullLogger.Instance);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => gate.RunAsync(_ => throw new InvalidOperationException("broken"), CancellationToken.None));
        Assert.Equal("broken", e.Message);
        Assert.Equal("", (await ReadAsync(@namespace)).HolderIdentity);
    }

    /// <summary>As the chart makes it, and as `kubectl apply` of a manifest would leave it.</summary>
    [Fact]
    public async Task A_lease_that_names_no_holder_is_taken()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await @namespace.Client.CoordinationV1.CreateNamespacedLeaseAsync(body: new V1Lease { Metadata = new V1ObjectMeta { Name = Lease } }, namespaceParameter: @namespace.Name);
        await using var one = new Competitor(@namespace.Client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 40);
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("one", (await ReadAsync(@namespace)).HolderIdentity);
    }

    [Fact]
    public async Task A_leader_that_sees_another_hold_the_lease_is_none_at_once_and_writes_nothing()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        var fence = new LeaseFence(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var work = new Kubernetes(server.Configuration(), fence.Writes());
        // It could go on for 40 s by the time since its last renewal.
        await using var one = new Competitor(@namespace.Client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 40, fence: fence);
        await one.Leads.WaitAsync(TimeSpan.FromSeconds(20));
        await work.CoordinationV1.CreateNamespacedLeaseAsync(body: new V1Lease { Metadata = new V1ObjectMeta { Name = "written" } }, namespaceParameter: @namespace.Name);

        await Programs.RunAsync("kubectl", "--kubeconfig", server.Kubeconfig, "-n", @namespace.Name, "patch", "lease", Lease, "--type=merge", "-p", """{"spec": {"holderIdentity": "two"}}""");
        Assert.Equal(GateClosed.Lost, await one.Closed.WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.Contains(one.Log.Lines, l => l.EndsWith("was lost to two", StringComparison.Ordinal));
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            work.CoordinationV1.CreateNamespacedLeaseAsync(body: new V1Lease { Metadata = new V1ObjectMeta { Name = "refused" } }, namespaceParameter: @namespace.Name));
        await UntilAsync(() => one.WorkEnded, "the end of the work");
        Assert.Equal("two", (await ReadAsync(@namespace)).HolderIdentity);
    }

    /// <summary>The elector says nothing of a write that was refused.</summary>
    [Theory]
    [InlineData("get", "cannot create resource \"leases\"")]
    [InlineData("create", "cannot get resource \"leases\"")]
    public async Task What_the_API_server_refuses_is_said_once_and_kept_for_the_probes(string may, string said)
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        using var account = await TestAccount.CreateAsync(server, @namespace, new { apiGroups = new[] { "coordination.k8s.io" }, resources = new[] { "leases" }, verbs = new[] { may } });
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(account.Kubeconfig));
        await using var one = new Competitor(client, @namespace.Name, "one", leaseSeconds: 6, deadlineSeconds: 3);
        await UntilAsync(() => one.HasCompeted, "some tries");
        var line = Assert.Single(one.Log.Lines, l => l.Contains("is forbidden", StringComparison.Ordinal));
        Assert.StartsWith($"Warning 224 Lease {@namespace.Name}/{Lease}: leases.coordination.k8s.io", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.False(one.Leads.IsCompleted);
        await UntilAsync(() => one.Gate.Sight.Unled(Health.Unled)?.Contains(said, StringComparison.Ordinal) == true, "the reason among the probes' answers");
    }

    [Fact]
    public async Task Who_competes_for_a_lease_that_is_not_there_yet_complains_of_nothing()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var one = new Competitor(@namespace.Client, @namespace.Name, "one", leaseSeconds: 60, deadlineSeconds: 40);
        await using var two = new Competitor(@namespace.Client, @namespace.Name, "two", leaseSeconds: 60, deadlineSeconds: 40);
        await Task.WhenAny(one.Leads, two.Leads).WaitAsync(TimeSpan.FromSeconds(20));
        await UntilAsync(() => one.HasCompeted && two.HasCompeted, "some tries");
        Assert.DoesNotContain(one.Log.Lines.Concat(two.Log.Lines), l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static Kubernetes Through(ApiServer server, Forwarder forwarder)
    {
        var config = server.Configuration();
        config.Host = forwarder.Address;
        return new Kubernetes(config);
    }

    private static async Task<V1LeaseSpec> ReadAsync(TestNamespace @namespace) =>
        (await @namespace.Client.CoordinationV1.ReadNamespacedLeaseAsync(name: Lease, namespaceParameter: @namespace.Name)).Spec;

    private sealed class Competitor : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private volatile bool _workEnded;

        public Competitor(IKubernetes client, string @namespace, string identity, int leaseSeconds, int deadlineSeconds, LeaseFence? fence = null)
        {
            Gate = new LeaderGate(
                client,
                new LeaderGateOptions
                {
                    Namespace = @namespace,
                    Name = Lease,
                    Identity = identity,
                    LeaseDuration = TimeSpan.FromSeconds(leaseSeconds),
                    RenewDeadline = TimeSpan.FromSeconds(deadlineSeconds),
                    RetryPeriod = TimeSpan.FromSeconds(0.3),
                },
                TimeProvider.System,
                Log,
                fence);
            Closed = Gate.RunAsync(WorkAsync, _stop.Token);
        }

        public RecordedLog Log { get; } = new();

        public LeaderGate Gate { get; }

        public Task Leads => _leads.Task;

        public Task<GateClosed> Closed { get; }

        public bool WorkEnded => _workEnded;

        /// <summary>Long enough for several tries.</summary>
        public bool HasCompeted => _since.Elapsed > TimeSpan.FromSeconds(2);

        public async Task<GateClosed> StopAsync()
        {
            await _stop.CancelAsync();
            return await Closed.WaitAsync(TimeSpan.FromSeconds(20));
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }

        private async Task WorkAsync(CancellationToken cancellationToken)
        {
            _leads.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                // What a graceful end takes: the Lease is still held.
                await Task.Delay(200, CancellationToken.None);
                _workEnded = true;
            }
        }
    }
}
