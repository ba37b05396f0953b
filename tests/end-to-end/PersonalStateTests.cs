using System.Collections.Concurrent;
using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;
using FedOperator.Operator.Tests.Ledgers;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Training;

namespace FedOperator.EndToEnd.Tests;

/// <summary>What stays with a client: nobody else can read it, and nothing takes it away.</summary>
public sealed class PersonalStateTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task No_personal_value_is_in_a_blob_that_the_aggregator_or_another_client_can_read_and_private_containers_are_closed_to_them()
    {
        // Nothing of the run is deleted, so that every byte of it can be looked at.
        var spec = Specs.Everything.Replace("rounds: 24", $"rounds: {Rounds}", StringComparison.Ordinal).Replace("blocks: 1", "blocks: 2", StringComparison.Ordinal)
            .Replace("{name: site, replicas: 3}", "{name: hospital, external: true}, {name: site, replicas: 2}", StringComparison.Ordinal)
            .Replace("credentialsSecret: key}", "credentialsSecret: key}, retention: {updateRounds: 100, checkpoints: 100}", StringComparison.Ordinal);
        await using var account = await TestAccount.StartAsync();
        using var job = new TestJob(spec, account: account);
        await account.PublishAsync(job);
        await account.IssueAsync(job, TimeSpan.FromHours(1));
        await using (var external = TrainerProcess.Client(job, "hospital"))
        await using (var run = await TestRun.StartAsync(job, clients: ["site-0", "site-1"]))
        {
            await run.CompleteAsync();
            Assert.True(await external.Ended == 0, external.Log());
        }

        var personal = await EveryStateAsync(job);
        var shared = new LeakSearch();
        foreach (var (entry, data) in SafetensorsContent.Parse("checkpoint", await ReadAsync(job.Ledger.Global, (await job.LastAsync()).Checkpoint.Name)))
            shared.Add(entry.Name, entry.DType, data.Span);
        var (leaks, known, blobs) = (new List<string>(), new List<string>(), 0);
        await foreach (var (name, content) in OpenBlobsAsync(account, job))
        {
            blobs++;
            leaks.AddRange(personal.FoundIn(content).Select(tensor => $"{name}: {tensor}"));
            known.AddRange(shared.FoundIn(content));
        }
        Assert.Empty(leaks);
        // Three clients' updates, cuts, checkpoints ... of every round; and the same look finds what is shared.
        Assert.True(blobs > 3 * Rounds * 3, $"{blobs} blobs");
        Assert.Contains("conv1.weight", known);
        Assert.Contains("bn2.running_var", known);

        // It would find a copy: planted into an update, at an odd place.
        var update = (await job.CutAsync(new RoundKey(2, RoundKind.Train))).Admitted.Single(a => a.Client == "site-1").Update!;
        var planted = await ReadAsync(job.Ledger.Exchange("site-1"), update.Name);
        var state = await ReadAsync(job.Ledger.Private("site-0"), LedgerPaths.State((await job.LastAsync()).Clients.Single(c => c.Name == "site-0").State!));
        var head = SafetensorsContent.Parse("state", state).Single(t => t.Entry.Name == "fc.weight").Data;
        head.Span[..64].CopyTo(planted.AsSpan(planted.Length - 77));
        Assert.Contains(personal.FoundIn(planted), found => found.EndsWith("fc.weight", StringComparison.Ordinal));
        Assert.NotEmpty(personal.FoundIn(state));

        await ExportsAsync(account, job);
        await IntrudersAsync(account, job);
    }

    [Theory]
    [InlineData("training: federated", "{method: fedRep, blocks: 2, headSteps: 2}", "fc.weight", "conv1.weight")]
    [InlineData("training: federated", "{method: lgFedAvg, blocks: 2}", "conv1.weight", "fc.weight")]
    [InlineData("training: local, scope: perClient", "{method: none}", "bn2.running_var", "conv1.weight")]
    [InlineData("training: federated, scope: statisticsPerClient", "{method: lgFedAvg, blocks: 1}", "bn3.running_mean", "fc.weight")]
    public async Task Nor_is_one_with_any_other_cut(string normalization, string personalization, string stays, string isShared)
    {
        var spec = Specs.Everything.Replace("rounds: 24", $"rounds: {Rounds}", StringComparison.Ordinal);
        spec = spec.Replace("{layer: batch, training: federated, gradientStatistics: true, bootstrapSamples: 16}", $"{{{normalization}, bootstrapSamples: 16}}", StringComparison.Ordinal).Replace("{method: fedPer, blocks: 1}", personalization, StringComparison.Ordinal);
        using var job = new TestJob(spec);
        var containers = new ConcurrentDictionary<string, IBlobStore>(StringComparer.Ordinal);
        using var inProcess = await InProcessJob.CreateAsync(job.Plan, client => ClientData.Load(job.Data, job.Plan, client), CancellationToken.None,
            (name, store) => containers.GetOrAdd(name, new NothingDeleted(store)));
        await inProcess.RunAsync(CancellationToken.None);

        var (personal, shared) = (new LeakSearch(), new LeakSearch());
        var isPrivate = containers.ToLookup(c => c.Key.Contains("-p-", StringComparison.Ordinal));
        var (states, open) = (await BlobsAsync(isPrivate[true]), await BlobsAsync(isPrivate[false]));
        Assert.True(states.Count >= Rounds * job.Plan.Clients.Count, $"{states.Count} states");
        foreach (var (name, content) in states)
        {
            foreach (var (entry, data) in SafetensorsContent.Parse(name, content))
                personal.Add($"{entry.Name} of {name}", entry.DType, data.Span);
        }
        foreach (var (entry, data) in SafetensorsContent.Parse("checkpoint", open.Last(b => b.Name.Contains("/checkpoints/", StringComparison.Ordinal)).Content))
            shared.Add(entry.Name, entry.DType, data.Span);
        Assert.Empty(open.SelectMany(blob => personal.FoundIn(blob.Content).Select(tensor => $"{blob.Name}: {tensor}")));
        // The same look finds what is shared in the updates and checkpoints, and what stays where it stays.
        Assert.Contains(isShared, open.SelectMany(blob => shared.FoundIn(blob.Content)));
        Assert.Contains(states, blob => personal.FoundIn(blob.Content).Any(found => found.StartsWith(stays, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task States_outlive_kills_a_suspension_and_rounds_without_their_client()
    {
        var spec = Specs.Everything.Replace("rounds: 24", "rounds: 40", StringComparison.Ordinal).Replace("{quorum: 1,", "{perRound: 0.6, quorum: 1,", StringComparison.Ordinal);
        string undisturbed;
        using (var calm = new TestJob(spec))
        {
            await using var run = await TestRun.StartAsync(calm);
            await run.CompleteAsync();
            undisturbed = await calm.FingerprintAsync();
        }

        using var job = new TestJob(spec);
        var kills = new Kills(job, "after", [("site-0", "State", 2), ("site-0", "Report@train", 2)]);
        await using (var run = await TestRun.StartAsync(job, kills.Switches))
        {
            await run.UntilClosedAsync(5);
            await job.ControlAsync(new ControlDocument { Suspended = true });
            await run.UntilAsync(
                async () => (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument, CancellationToken.None))!.Document.State == JobState.Suspended, "suspension");
            // The operator deletes the pods.
            foreach (var process in run.All)
                process.Terminate();
            foreach (var process in run.All)
                Assert.Equal(143, await process.Ended);
        }
        var suspended = (await ClosedAsync(job))[^1];
        await AllThereAsync(job, suspended);
        foreach (var client in suspended.Clients.Where(c => c.State is not null))
        {
            var file = job.Beside(client.Name + ".safetensors");
            var (code, output, errors) = await Fed.RunAsync("export", "--id", TestJob.Id, "--store", job.LedgerFolder, "--client", client.Name, "--out", file);
            Assert.True(code == 0, errors);
            Assert.Contains($"{suspended.Checkpoint.Name} (SHA-256", output, StringComparison.Ordinal);
            Assert.Contains(client.State!, output, StringComparison.Ordinal);
            Assert.Equal("fc.bias", SafetensorsContent.Parse(file, await File.ReadAllBytesAsync(file))[^1].Entry.Name);
        }

        await job.ControlAsync(new ControlDocument());
        await using (var run = await TestRun.StartAsync(job, kills.Switches))
        {
            await run.CompleteAsync();
            kills.AssertAllStruck(run);
        }
        Assert.Equal(undisturbed, await job.FingerprintAsync());
        var closed = await ClosedAsync(job);
        await AllThereAsync(job, closed[^1]);

        // A round without a client leaves its state as it was; one with it makes another.
        var (absent, present) = (0, 0);
        foreach (var (before, after) in closed.Where(c => c.Round.Kind == RoundKind.Train).Zip(closed.Where(c => c.Round.Kind == RoundKind.Train).Skip(1)))
        {
            foreach (var (was, now) in before.Clients.Zip(after.Clients))
            {
                var tookPart = now.Admitted == after.Round.Number;
                Assert.Equal(tookPart, was.State != now.State);
                (absent, present) = tookPart ? (absent, present + 1) : (absent + 1, present);
            }
        }
        Assert.True(absent > 5 && present > 5, $"{absent} rounds without, {present} with a client");
    }

    private static async Task<List<(string Name, byte[] Content)>> BlobsAsync(IEnumerable<KeyValuePair<string, IBlobStore>> containers)
    {
        var blobs = new List<(string, byte[])>();
        foreach (var (container, store) in containers.OrderBy(c => c.Key, StringComparer.Ordinal))
            await foreach (var blob in store.ListAsync("", CancellationToken.None))
                blobs.Add(($"{container}/{blob.Name}", await ReadAsync(store, blob.Name)));
        return blobs;
    }

    /// <summary>All personal tensors of all clients after each round, trained once more in this process: of what was deleted since, the ledger has the hash only.</summary>
    private static async Task<LeakSearch> EveryStateAsync(TestJob job)
    {
        var search = new LeakSearch();
        foreach (var client in job.Plan.Clients)
        {
            using var trainer = new LocalTrainer(job.Plan, client.Name, ClientData.Load(job.Data, job.Plan, client));
            IReadOnlyList<TensorContent> state = [];
            for (var round = 1; round <= Rounds; round++)
            {
                var open = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Open(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.OpenDocument, CancellationToken.None))!.Document;
                trainer.LoadCheckpoint(TensorFile.Read(open.Base.Name, await ReadAsync(job.Ledger.Global, open.Base.Name)));
                trainer.LoadPersonalState(state);
                trainer.Train(round, open.LearningRate, stepDone: null, CancellationToken.None);
                state = trainer.PersonalState();
                foreach (var tensor in state)
                    search.Add($"{client.Name} {round} {tensor.Name}", tensor.DType, tensor.Bytes.Span);
                var admitted = (await job.CutAsync(open.Round)).Admitted.Single(a => a.Client == client.Name).State;
                Assert.Equal(admitted, LedgerJson.Sha256(TensorFile.Write(state)));
            }
        }
        Assert.True(search.Count > 1000, $"{search.Count} pieces");
        return search;
    }

    /// <summary>Every blob but those of private containers, with its name.</summary>
    private static async IAsyncEnumerable<(string Name, byte[] Content)> OpenBlobsAsync(TestAccount account, TestJob job)
    {
        foreach (var container in await account.Stores.ListContainersAsync(LedgerPaths.GlobalContainer(job.Plan.Job), CancellationToken.None))
        {
            if (container.Contains("-p-", StringComparison.Ordinal))
                continue;
            var store = account.Stores.Container(container);
            await foreach (var blob in store.ListAsync("", CancellationToken.None))
                yield return ($"{container}/{blob.Name}", await ReadAsync(store, blob.Name));
        }
    }

    /// <summary>`fed export` with the credentials that the operator issued.</summary>
    private static async Task ExportsAsync(TestAccount account, TestJob job)
    {
        Task<(int Code, string Output, string Errors)> ExportAsync(string credential, string client, params string[] more) => Fed.RunAsync(
            ["export", "--id", job.Plan.Job, "--store", account.Url, "--credential", job.CredentialOf(credential), "--client", client, "--out", job.Beside($"{client}-by-{credential}.safetensors"), .. more]);

        var (code, output, errors) = await ExportAsync("site-0", "site-0");
        Assert.True(code == 0, errors);
        Assert.Contains("site-0's whole model", output, StringComparison.Ordinal);
        foreach (var other in new[] { "site-1", "aggregator" })
        {
            (code, _, errors) = await ExportAsync(other, "site-0");
            Assert.Equal(2, code);
            Assert.Contains("fj-test-p-site-0", errors, StringComparison.Ordinal);
            Assert.Contains("site-0's personal state lies in fj-test-p-site-0, which neither the aggregator nor another client may open. Give by --credential site-0's own", errors, StringComparison.Ordinal);
            Assert.False(File.Exists(job.Beside($"site-0-by-{other}.safetensors")));
        }

        // What is at home is exported there.
        (code, _, errors) = await ExportAsync("hospital", "hospital");
        Assert.Equal(2, code);
        Assert.Contains("the state never left that machine. Run fed export there, with --state DIR", errors, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(job.Beside("state-of-hospital"), "*", SearchOption.AllDirectories), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        (code, output, errors) = await ExportAsync("hospital", "hospital", "--state", job.Beside("state-of-hospital"));
        Assert.True(code == 0, errors);
        Assert.Contains("hospital's whole model", output, StringComparison.Ordinal);
        var own = SafetensorsContent.Parse("own", await File.ReadAllBytesAsync(job.Beside("hospital-by-hospital.safetensors"))).Single(t => t.Entry.Name == "fc.weight").Data.ToArray();
        var state = Path.Join(job.Beside("state-of-hospital"), LedgerPaths.State((await job.LastAsync()).Clients.Single(c => c.Name == "hospital").State!));
        Assert.Equal(SafetensorsContent.Parse(state, await File.ReadAllBytesAsync(state)).Single(t => t.Entry.Name == "fc.weight").Data.ToArray(), own);
        Assert.DoesNotContain("sig=", output + errors, StringComparison.Ordinal);
    }

    /// <summary>Whoever has a credential file of the run tries each of its signatures on a client's private container.</summary>
    private static async Task IntrudersAsync(TestAccount account, TestJob job)
    {
        var container = LedgerPaths.PrivateContainer(job.Plan.Job, "site-0");
        foreach (var process in job.Plan.Clients.Select(c => c.Name).Append(JobProcesses.AggregatorName))
        {
            var succeeds = await new Intruder(account.Url, account.Stores, await File.ReadAllBytesAsync(job.CredentialOf(process))).SucceedsAsync(container);
            IReadOnlyList<Attempt> allowed = process == "site-0" ? [Attempt.Read, Attempt.List, Attempt.Create, Attempt.Write, Attempt.Delete] : [];
            Assert.Equal(allowed, succeeds);
        }
    }

    private static async Task AllThereAsync(TestJob job, ClosedDocument closed)
    {
        foreach (var client in closed.Clients.Where(c => c.State is not null))
            Assert.NotNull(await job.Ledger.Private(client.Name).StatAsync(LedgerPaths.State(client.State!), CancellationToken.None));
        Assert.Contains(closed.Clients, c => c.State is not null);
    }

    /// <summary>The closed rounds, oldest first.</summary>
    private static async Task<List<ClosedDocument>> ClosedAsync(TestJob job)
    {
        var history = new RunHistory(job.Plan.Rounds, job.Ledger.Global);
        await history.AdvanceAsync(CancellationToken.None);
        return [.. history.Rounds];
    }

    private static async Task<byte[]> ReadAsync(IBlobStore store, string name) => (await store.ReadAsync(name, 1 << 24, ifNoneMatch: null, CancellationToken.None)).Content.ToArray();

    /// <summary>Keeps every byte of a run.</summary>
    private sealed class NothingDeleted(IBlobStore inner) : ForwardingBlobStore(inner)
    {
        public override Task DeleteAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
