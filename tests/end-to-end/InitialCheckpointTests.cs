using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Trainer.Training;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Whole jobs that start from a file. The learning rate is so small that training moves no weight: what comes out is what went in, tensor by tensor.</summary>
public sealed class InitialCheckpointTests : IDisposable
{
    private const string Still = """
        rounds: 2
        seed: 3
        model: {architecture: cnn, width: 4, classes: 4, inputShape: [1, 8, 8], initialCheckpoint: {path: PATH, reinitialize: [MODULES]}}
        data: {format: idx, path: /data, partition: {method: classesPerClient, classes: 2}}
        training: {localSteps: 2, batchSize: 8, optimizer: {learningRate: 1.0e-30, momentum: 0}}
        normalization: {layer: batch, training: federated, gradientStatistics: true, bootstrapSamples: 16}
        personalization: {PERSONAL}
        clients: [{name: site, replicas: 3}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-start-").FullName;

    [Fact]
    public async Task Shared_and_personal_tensors_start_from_the_file_which_is_read_once()
    {
        var file = Path.Join(_folder, "start.safetensors");
        using var job = new TestJob(Spec(file, "", "method: fedPer, blocks: 1"));
        await File.WriteAllBytesAsync(file, Whole(job.Plan, seed: 99));
        var given = Read(await File.ReadAllBytesAsync(file));
        await TrainerProcess.InitAsync(job);
        var model = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Model, LedgerJson.Default.ModelDocument, CancellationToken.None))!.Document;
        Assert.Equal(LedgerPaths.InitialPersonal, model.InitialPersonal!.Name);
        Assert.Equal(["fc.bias", "fc.weight"], Read(await BlobAsync(job.Ledger.Global, LedgerPaths.InitialPersonal)).Keys);

        // Another file in its place: `init` of a restarted aggregator leaves the model as it is.
        await File.WriteAllBytesAsync(file, Whole(job.Plan, seed: 100));
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();

        var last = await job.LastAsync();
        var checkpoint = Read(await BlobAsync(job.Ledger.Global, last.Checkpoint.Name));
        Assert.DoesNotContain(checkpoint.Keys, name => name.StartsWith("fc.", StringComparison.Ordinal));
        Assert.All(checkpoint.Where(t => Weight(model.Layout, t.Key)), t => Assert.Equal(given[t.Key], t.Value));
        foreach (var client in last.Clients)
        {
            var state = Read(await BlobAsync(job.Ledger.Private(client.Name), LedgerPaths.State(client.State!)));
            Assert.Equal(["fc.bias", "fc.weight"], state.Keys);
            Assert.All(state, t => Assert.Equal(given[t.Key], t.Value));
        }
        // Kept by the sweep at the end: who joins later starts from it too.
        Assert.True(await job.HasAsync(LedgerPaths.InitialPersonal));
    }

    [Fact]
    public async Task A_client_that_no_round_has_admitted_yet_is_exported_with_what_it_starts_from()
    {
        var (file, data) = (Path.Join(_folder, "start.safetensors"), Path.Join(_folder, "data"));
        SmallData.Write(data);
        var spec = Spec(file, "", "method: fedPer, blocks: 1").Replace("rounds: 2", "rounds: 1\nparticipation: {perRound: 0.34, quorum: 0.5}", StringComparison.Ordinal);
        using (var job = new TestJob(spec))
            await File.WriteAllBytesAsync(file, Whole(job.Plan, seed: 99));
        var run = await RunAsync("few", data, spec);
        var waiting = 0;
        foreach (var client in new[] { "site-0", "site-1", "site-2" })
        {
            var model = Path.Join(_folder, client + ".safetensors");
            var (code, output) = await FedProcess.RunAsync("export", run, "--client", client, "--out", model);
            Assert.True(code == 0, output);
            waiting += output.Contains("2 tensors of fj-", StringComparison.Ordinal) && output.Contains($"/checkpoints/000000-personal.safetensors (those of model.initialCheckpoint: no round has admitted an update of {client} yet)", StringComparison.Ordinal) ? 1 : 0;
            Assert.Equal(Read(await File.ReadAllBytesAsync(file))["fc.weight"], Read(await File.ReadAllBytesAsync(model))["fc.weight"]);
        }
        Assert.InRange(waiting, 1, 2);
    }

    [Fact]
    public async Task A_file_that_changed_between_the_blobs_of_init_is_not_taken_for_the_first()
    {
        var file = Path.Join(_folder, "start.safetensors");
        using var job = new TestJob(Spec(file, "", "method: fedPer, blocks: 1"));
        await File.WriteAllBytesAsync(file, Whole(job.Plan, seed: 99));
        // As a kill between the two would leave it.
        await TrainerProcess.InitAsync(job);
        await job.Ledger.Global.DeleteAsync(LedgerPaths.Model, CancellationToken.None);
        await File.WriteAllBytesAsync(file, Whole(job.Plan, seed: 100));
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["init", .. job.StoreOf("aggregator"), "--job", TestJob.Id]);
        Assert.Equal(2, code);
        Assert.Contains("is there with another content", output, StringComparison.Ordinal);
        Assert.False(await job.HasAsync(LedgerPaths.Model));
    }

    [Fact]
    public async Task A_result_is_the_start_of_another_run_by_a_path_beside_the_manifest()
    {
        var data = Path.Join(_folder, "data");
        SmallData.Write(data);
        // Of a job whose classifiers stay with their clients, the result lacks fc.
        var first = await RunAsync("first", data, Specs.Everything.Replace("rounds: 24", "rounds: 2", StringComparison.Ordinal));
        var result = Read(await File.ReadAllBytesAsync(Path.Join(first, "checkpoint.safetensors")));
        File.Copy(Path.Join(first, "checkpoint.safetensors"), Path.Join(Directory.CreateDirectory(Path.Join(_folder, "models")).FullName, "start.safetensors"));

        var second = await RunAsync("second", data, Spec("models/start.safetensors", "fc", "method: none"));
        var checkpoint = Read(await File.ReadAllBytesAsync(Path.Join(second, "checkpoint.safetensors")));
        Assert.Equal(["fc.bias", "fc.weight"], checkpoint.Keys.Except(result.Keys, StringComparer.Ordinal));
        Assert.All(result.Where(t => t.Key.StartsWith("conv", StringComparison.Ordinal)), t => Assert.Equal(t.Value, checkpoint[t.Key]));

        // Neither resuming nor replaying needs the file again.
        File.Delete(Path.Join(_folder, "models", "start.safetensors"));
        var (resumed, said) = await FedProcess.RunAsync("run", "--resume", second);
        Assert.True(resumed == 0, said);
        var (replayed, bytes) = await FedProcess.RunAsync("replay", second);
        Assert.True(replayed == 0, bytes);

        var (refused, why) = await FedProcess.RunAsync("run", Path.Join(_folder, "second.yaml"), "--data", data, "--out", Path.Join(_folder, "third"));
        Assert.Equal(2, refused);
        Assert.Contains($"models/start.safetensors: there is no file {Path.Join(_folder, "models", "start.safetensors")}", why, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Spec(string path, string modules, string personal) =>
        Still.Replace("PATH", path, StringComparison.Ordinal).Replace("MODULES", modules, StringComparison.Ordinal).Replace("PERSONAL", personal, StringComparison.Ordinal);

    // A network's whole checkpoint, of another seed and with nothing personal, as a result has it.
    private static byte[] Whole(Plan plan, long seed) =>
        TensorFile.Write(Initialization.Describe(plan with { Seed = seed, Personalization = new PersonalizationSpec() }).Checkpoint.Where(t => !t.Name.Contains("gradient", StringComparison.Ordinal)));

    // Not beta: it is 0 in the file, and the rate makes a difference to that.
    private static bool Weight(ModelLayout layout, string name) => layout.Tensors.Single(t => t.Name == name).Role == TensorRole.Weight;

    private static SortedDictionary<string, byte[]> Read(ReadOnlyMemory<byte> file) =>
        new(SafetensorsContent.Parse("test", file).ToDictionary(t => t.Entry.Name, t => t.Data.ToArray()), StringComparer.Ordinal);

    private static async Task<ReadOnlyMemory<byte>> BlobAsync(Core.Storage.IBlobStore store, string name) => (await store.ReadAsync(name, long.MaxValue, null, CancellationToken.None)).Content;

    private async Task<string> RunAsync(string name, string data, string spec)
    {
        var (manifest, folder) = (Path.Join(_folder, name + ".yaml"), Path.Join(_folder, name));
        await File.WriteAllTextAsync(manifest, TestJob.Manifest(spec), Encoding.UTF8);
        var (code, output) = await FedProcess.RunAsync("run", manifest, "--data", data, "--out", folder);
        Assert.True(code == 0, output);
        return folder;
    }
}
