using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;

namespace FedOperator.Operator.Tests.Kubernetes;

public sealed class InformerCacheTests
{
    private readonly InformerCache<Thing> _cache = new(t => t.Key, t => t.Job);

    [Fact]
    public void An_own_write_is_there_at_once_and_older_events_do_not_undo_it()
    {
        Put("x", 10, "a");
        _cache.Assume("", new Thing(Name("x"), Job("a"), "own"), 12);
        Assert.Equal("own", _cache.Find(Name("x"))!.Text);
        Assert.Empty(Put("x", 11, "a", "older"));
        Assert.Equal("own", _cache.Find(Name("x"))!.Text);
        Assert.Equal([Job("a")], Put("x", 12, "a", "seen"));
        Assert.Equal("seen", _cache.Find(Name("x"))!.Text);
    }

    [Fact]
    public void Versions_are_compared_as_numbers()
    {
        Put("x", 9, "a");
        _cache.Assume("", new Thing(Name("x"), Job("a"), "own"), 10);
        Assert.Equal("own", _cache.Find(Name("x"))!.Text);
        Assert.Throws<FormatException>(() => InformerCache<Thing>.Version("0x10"));
    }

    [Fact]
    public void What_was_deleted_meanwhile_is_not_brought_back()
    {
        _cache.Apply("", Name("x"), Made("x", "a"), 10, 10);
        _cache.Apply("", Name("x"), null, 11, 11);
        _cache.Assume("", Made("x", "a"), 10);
        Assert.Null(_cache.Find(Name("x")));
        _cache.Assume("", Made("x", "a"), 12);
        Assert.NotNull(_cache.Find(Name("x")));
    }

    [Fact]
    public void An_answer_that_is_older_than_what_the_stream_showed_is_ignored()
    {
        Put("x", 12, "a", "newer");
        _cache.Assume("", Made("x", "a", "own"), 11);
        Assert.Equal("newer", _cache.Find(Name("x"))!.Text);
    }

    /// <summary>A deletion's answer shows the object as it was, with the version that the cache has.</summary>
    [Fact]
    public void An_answer_of_the_same_version_counts_though_the_stream_is_further()
    {
        Put("x", 12, "a");
        _cache.Advance("", 50);
        _cache.Assume("", Made("x", "a", "terminating"), 12);
        Assert.Equal("terminating", _cache.Find(Name("x"))!.Text);
    }

    [Fact]
    public void What_a_list_did_not_show_is_gone_unless_it_came_later()
    {
        Put("kept", 10, "a");
        Put("gone", 11, "b");
        _cache.Assume("", Made("later", "c"), 30);
        Assert.Equal([Job("b")], _cache.EndList("", [Name("kept")], 20));
        Assert.Equal(["kept", "later"], _cache.All().Select(t => t.Key.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>Revisions began again at that of the backup: what was seen after it never was.</summary>
    [Fact]
    public void A_list_from_before_what_the_stream_has_shown_replaces_everything()
    {
        Put("ghost", 90, "a");
        Put("older", 95, "b", "of the lost future");
        _cache.Assume("", Made("own", "c"), 97);
        _cache.Advance("", 100);
        _cache.BeginList("", 50);
        _cache.Apply("", Name("older"), Made("older", "b", "as it was"), 40, null);
        // Written while the list was read.
        _cache.Assume("", Made("later", "d"), 51);
        Assert.Equal([Job("a"), Job("c")], _cache.EndList("", [Name("older")], 50).OrderBy(j => j.Name, StringComparer.Ordinal));
        Assert.Equal(["later", "older"], _cache.All().Select(t => t.Key.Name).Order(StringComparer.Ordinal));
        Assert.Equal("as it was", _cache.Find(Name("older"))!.Text);
        Assert.NotEmpty(Put("older", 60, "b", "goes on"));
        Assert.Equal("goes on", _cache.Find(Name("older"))!.Text);
    }

    [Fact]
    public void A_list_of_the_present_leaves_what_came_later()
    {
        Put("x", 12, "a", "newer");
        _cache.BeginList("", 20);
        Assert.Empty(_cache.Apply("", Name("x"), Made("x", "a", "older"), 11, null));
        Assert.Equal("newer", _cache.Find(Name("x"))!.Text);
    }

    [Fact]
    public void A_list_of_one_namespace_says_nothing_of_others()
    {
        _cache.Apply("n1", new ObjectKey("n1", "x"), new Thing(new ObjectKey("n1", "x"), Job("a"), ""), 5, 5);
        _cache.Apply("n2", new ObjectKey("n2", "x"), new Thing(new ObjectKey("n2", "x"), Job("b"), ""), 6, 6);
        Assert.Equal([Job("a")], _cache.EndList("n1", [], 20));
        Assert.NotNull(_cache.Find(new ObjectKey("n2", "x")));
    }

    [Fact]
    public void Objects_are_found_by_their_job_and_both_jobs_are_told_of_a_change_of_job()
    {
        Put("x", 1, "a");
        Put("y", 2, "a");
        Assert.Equal(2, _cache.Of(Job("a")).Count);
        Assert.Equal([Job("a"), Job("b")], Put("y", 3, "b"));
        Assert.Equal("x", Assert.Single(_cache.Of(Job("a"))).Key.Name);
        Assert.Equal([Job("a")], _cache.Apply("", Name("x"), null, 4, 4));
        Assert.Empty(_cache.Of(Job("a")));
        Assert.Equal(1, _cache.Count);
    }

    private IReadOnlyList<JobKey> Put(string name, ulong version, string job, string text = "") => _cache.Apply("", Name(name), Made(name, job, text), version, version);

    private static Thing Made(string name, string job, string text = "") => new(Name(name), Job(job), text);

    private static ObjectKey Name(string name) => new("n", name);

    private static JobKey Job(string name) => new("n", name);

    private sealed record Thing(ObjectKey Key, JobKey Job, string Text);
}
