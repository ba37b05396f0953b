using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s.Autorest;
using static FedOperator.OperatorCluster.Tests.FollowedPods;

namespace FedOperator.OperatorCluster.Tests;

[Collection(Cluster.Name)]
public sealed class InformerTests
{
    [Fact]
    public async Task Lists_in_pages_and_then_sees_what_comes_changes_and_goes()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        for (var i = 0; i < 8; i++)
            await CreateAsync(@namespace, $"p{i}", job: i < 4 ? "a" : "b");
        await CreateAsync(@namespace, "somebodys", isOurs: false);

        await using var followed = await StartAsync(server, [@namespace.Name], new InformerOptions { PageSize = 3 });
        Assert.Equal("p0 p1 p2 p3 p4 p5 p6 p7", followed.Names);
        Assert.Equal(3, followed.Requests.Lists.Count);
        Assert.All(followed.Requests.Lists, l => Assert.Equal("3", l["limit"]));
        Assert.Equal(4, followed.Informer.Of(new JobKey(@namespace.Name, "a")).Count);
        Assert.Equal([new JobKey(@namespace.Name, "a"), new JobKey(@namespace.Name, "b")], followed.Changed.Distinct().OrderBy(k => k.Name, StringComparer.Ordinal));

        followed.Changed.Clear();
        await CreateAsync(@namespace, "p8", job: "c");
        await UntilAsync(() => followed.Informer.Count == 9, "the new pod");
        await UntilAsync(() => followed.Changed.Contains(new JobKey(@namespace.Name, "c")), "its job told of");
        await PhaseAsync(@namespace, "p8", "Running");
        await UntilAsync(() => followed.Informer.Find(new ObjectKey(@namespace.Name, "p8"))!.Phase == PodPhase.Running, "its phase");
        await DeleteAsync(@namespace, "p8");
        await UntilAsync(() => followed.Informer.Find(new ObjectKey(@namespace.Name, "p8")) is null, "its end");
        Assert.Empty(followed.Informer.Of(new JobKey(@namespace.Name, "c")));
        Assert.Equal(1, followed.Informer.Lists);
        Assert.True(followed.Informer.SinceHeard < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Follows_the_namespaces_that_it_was_given_and_no_other()
    {
        var server = await ApiServer.SharedAsync();
        await using var one = await server.NamespaceAsync();
        await using var two = await server.NamespaceAsync();
        await using var other = await server.NamespaceAsync();
        await CreateAsync(one, "p1");
        await CreateAsync(other, "p3");
        await using var followed = await StartAsync(server, [one.Name, two.Name]);
        await CreateAsync(two, "p2");
        await UntilAsync(() => followed.Names == "p1 p2", "both namespaces' pods");
        await using var everywhere = await StartAsync(server, []);
        Assert.Contains("p3", everywhere.Informer.All().Where(p => p.Namespace == other.Name).Select(p => p.Name));
    }

    [Fact]
    public async Task A_severed_connection_is_taken_up_where_it_broke_off()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await CreateAsync(@namespace, "p1");
        await CreateAsync(@namespace, "p2");
        await using var followed = await StartAsync(server, [@namespace.Name]);
        for (var i = 3; i < 6; i++)
        {
            followed.Forwarder.Refuses = true;
            followed.Forwarder.Cut();
            await CreateAsync(@namespace, $"p{i}");
            await DeleteAsync(@namespace, $"p{i - 2}");
            followed.Forwarder.Refuses = false;
            await UntilAsync(() => followed.Names == $"p{i - 1} p{i}", "what happened meanwhile");
        }
        // Nothing was forgotten, so nothing was listed again.
        Assert.Equal(1, followed.Informer.Lists);
        Assert.True(followed.Informer.Watches >= 4, $"{followed.Informer.Watches} watches");
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for_and_the_silence_can_be_seen()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var followed = await StartAsync(server, [@namespace.Name]);
        followed.Forwarder.Refuses = true;
        followed.Forwarder.Cut();
        await CreateAsync(@namespace, "p1");
        await UntilAsync(() => followed.Informer.SinceHeard > TimeSpan.FromSeconds(3), "silence");
        // Waits of 0.2, 0.4, 0.8 ... s, each shortened by at most a half: no storm.
        Assert.InRange(followed.Forwarder.Accepted, 2, 12);
        followed.Forwarder.Refuses = false;
        await UntilAsync(() => followed.Names == "p1", "the pod");
        Assert.True(followed.Informer.SinceHeard < TimeSpan.FromSeconds(3));
    }

    /// <summary>A connection that brings nothing looks like a server where nothing happens: but for the bookmarks.</summary>
    [Fact]
    public async Task A_connection_that_is_silently_dead_is_noticed()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        // HTTP/1.1: there a new watch takes a new connection. Dead HTTP/2 connections are found by pings, which the transport sends.
        await using var followed = await StartAsync(server, [@namespace.Name], new InformerOptions { Silence = TimeSpan.FromSeconds(2) }, http2: false);
        await UntilAsync(() => followed.Informer.Watches >= 1, "a watch");
        await CreateAsync(@namespace, "p1");
        await UntilAsync(() => followed.Names == "p1", "the first pod");
        followed.Forwarder.Hold();
        await CreateAsync(@namespace, "p2");
        await UntilAsync(() => followed.Names == "p1 p2", "the second pod", seconds: 20);
    }

    /// <summary>An API server whose etcd was restored from a backup is silent to who watches from a version that it has not reached.</summary>
    [Fact]
    public async Task A_server_that_is_silent_again_on_a_new_connection_is_asked_for_a_list()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var followed = await StartAsync(server, [@namespace.Name], new InformerOptions { Silence = TimeSpan.FromSeconds(2) });
        await UntilAsync(() => followed.Informer.Lists >= 2, "a second list", seconds: 30);
        Assert.True(followed.Informer.Watches >= 2, $"{followed.Informer.Watches} watches");
        await CreateAsync(@namespace, "p1");
        await UntilAsync(() => followed.Names == "p1", "the pod");
    }

    /// <summary>Where nothing happens, the place to go on from moves all the same: else the server would forget it.</summary>
    [Fact]
    public async Task A_bookmark_moves_the_place_to_go_on_from()
    {
        var server = await ApiServer.SharedAsync();
        await using var quiet = await server.NamespaceAsync();
        await using var busy = await server.NamespaceAsync();
        await using var followed = await StartAsync(server, [quiet.Name], new InformerOptions { ShortestWatch = TimeSpan.FromSeconds(5), LongestWatch = TimeSpan.FromSeconds(6) });
        for (var i = 0; i < 5; i++)
            await CreateAsync(busy, $"p{i}");
        await UntilAsync(() => followed.Requests.Watches.Count >= 2, "a second watch");
        var places = followed.Requests.Watches.Select(w => ulong.Parse(w["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.True(places[^1] > places[0], $"from {places[0]} to {places[^1]}");
        Assert.All(followed.Requests.Watches, w => Assert.Equal("true", w["allowWatchBookmarks"]));
        Assert.Equal(1, followed.Informer.Lists);
    }

    [Fact]
    public async Task After_a_compaction_all_are_listed_again_and_what_went_meanwhile_is_told_of()
    {
        var server = await ApiServer.OwnAsync();
        await using var @namespace = await server.NamespaceAsync();
        await CreateAsync(@namespace, "kept", job: "a");
        await CreateAsync(@namespace, "gone", job: "b");
        // Else the waits after failures would be as long as the API server's restart.
        await using var followed = await StartAsync(server, [@namespace.Name], new InformerOptions { LongestDelay = TimeSpan.FromSeconds(1) });
        followed.Forwarder.Refuses = true;
        followed.Forwarder.Cut();
        await DeleteAsync(@namespace, "gone");
        await CreateAsync(@namespace, "new", job: "c");
        await server.CompactAsync();
        await server.RestartAsync();
        followed.Changed.Clear();
        followed.Forwarder.Refuses = false;
        await UntilAsync(() => followed.Names == "kept new", "the state after the compaction", seconds: 60);
        await UntilAsync(() => followed.Informer.Lists == 2, "a second list");
        Assert.Equal([new JobKey(@namespace.Name, "b"), new JobKey(@namespace.Name, "c")], followed.Changed.Where(k => k.Name != "a").Distinct().OrderBy(k => k.Name, StringComparer.Ordinal));
        await CreateAsync(@namespace, "newest");
        await UntilAsync(() => followed.Names == "kept new newest", "what came later");
        Assert.Equal(2, followed.Informer.Lists);
    }

    [Fact]
    public async Task A_list_whose_next_page_was_compacted_away_begins_anew()
    {
        var server = await ApiServer.OwnAsync();
        await using var @namespace = await server.NamespaceAsync();
        for (var i = 0; i < 5; i++)
            await CreateAsync(@namespace, $"p{i}");
        var compacted = false;
        await using var followed = await StartAsync(server, [@namespace.Name], new InformerOptions { PageSize = 2 }, before: async request =>
        {
            if (compacted || !request.Query.Contains("continue=", StringComparison.Ordinal))
                return;
            compacted = true;
            await DeleteAsync(@namespace, "p0");
            await server.CompactAsync();
        });
        Assert.True(compacted);
        Assert.Equal("p1 p2 p3 p4", followed.Names);
        Assert.Equal(1, followed.Informer.Lists);
    }

    [Fact]
    public async Task Own_writes_are_known_before_the_watch_tells_and_older_events_do_not_undo_them()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await CreateAsync(@namespace, "p0");
        await using var followed = await StartAsync(server, [@namespace.Name]);
        await UntilAsync(() => followed.Requests.Watches.Count == 1, "a watch");
        followed.Forwarder.Hold();

        var created = await CreateAsync(@namespace, "p1");
        followed.Informer.Assume(ObservedPods.From(created)!);
        Assert.Equal("p0 p1", followed.Names);
        var running = await PhaseAsync(@namespace, "p1", "Running");
        var failed = await PhaseAsync(@namespace, "p1", "Failed");
        followed.Informer.Assume(ObservedPods.From(failed)!);
        followed.Informer.Assume(ObservedPods.From(running)!);
        Assert.Equal(PodPhase.Failed, Phase());

        followed.Forwarder.Release();
        await CreateAsync(@namespace, "p2");
        while (followed.Informer.Count < 3)
        {
            Assert.Equal(PodPhase.Failed, Phase());
            await Task.Yield();
        }
        Assert.Equal(PodPhase.Failed, Phase());

        PodPhase Phase() => followed.Informer.Find(new ObjectKey(@namespace.Name, "p1"))!.Phase;
    }

    [Fact]
    public async Task A_late_answer_to_an_own_write_brings_nothing_back_that_was_deleted_since()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var followed = await StartAsync(server, [@namespace.Name]);
        var created = await CreateAsync(@namespace, "p1");
        await UntilAsync(() => followed.Names == "p1", "the pod");
        var deleted = await DeleteAsync(@namespace, "p1");
        await UntilAsync(() => followed.Names == "", "its end");
        followed.Informer.Assume(ObservedPods.From(created)!);
        followed.Informer.Assume(ObservedPods.From(deleted)!);
        Assert.Equal("", followed.Names);
    }

    [Fact]
    public async Task A_conflict_is_told_by_the_server_and_mended_by_what_the_watch_brings()
    {
        var server = await ApiServer.SharedAsync();
        await server.InstallAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var jobs = await FollowedJob.StartAsync(server, @namespace);
        var known = await jobs.KnownAsync(j => j.StatusJson is null);
        jobs.Forwarder.Hold();
        await jobs.PatchStatusAsync(@namespace.Client, """{"clientSummary":"by another"}""", known.ResourceVersion);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => jobs.PatchStatusAsync(@namespace.Client, """{"clientSummary":"ours"}""", known.ResourceVersion));
        Assert.Equal(System.Net.HttpStatusCode.Conflict, refused.Response.StatusCode);
        jobs.Forwarder.Release();
        known = await jobs.KnownAsync(j => j.ResourceVersion != known.ResourceVersion);
        await jobs.PatchStatusAsync(@namespace.Client, """{"clientSummary":"ours"}""", known.ResourceVersion);
        known = await jobs.KnownAsync(j => j.ResourceVersion != known.ResourceVersion);
        Assert.Contains("ours", System.Text.Encoding.UTF8.GetString(known.StatusJson!), StringComparison.Ordinal);
        await jobs.DeleteAsync(@namespace.Client);
        await UntilAsync(() => jobs.Informer.Count == 0, "the job's end");
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_hides_no_other()
    {
        var server = await ApiServer.SharedAsync();
        await using var @namespace = await server.NamespaceAsync();
        await CreateAsync(@namespace, "bad");
        await CreateAsync(@namespace, "good");
        await using var followed = await StartAsync(server, [@namespace.Name], project: pod => pod.Metadata.Name == "bad" ? throw new FormatException("bad") : ObservedPods.From(pod));
        await CreateAsync(@namespace, "better");
        await UntilAsync(() => followed.Names == "better good", "the others");
        Assert.Equal(1, followed.Informer.Lists);
    }
}
