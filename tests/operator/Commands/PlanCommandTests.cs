using FedOperator.Operator.Commands;

namespace FedOperator.Operator.Tests.Commands;

public sealed class PlanCommandTests
{
    public static IEnumerable<object[]> All => Samples.All.Select(path => (object[])[Path.GetFileNameWithoutExtension(path)]);

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_samples_plan_is_the_one_that_is_kept(string name)
    {
        var (code, output, errors) = await Fed("plan", Samples.File(name));

        Assert.Equal((0, ""), (code, errors));
        var golden = Path.Combine(Samples.Root(), "tests", "operator", "Golden", "plan", name + ".txt");
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(golden, output);
        Assert.Equal(await File.ReadAllTextAsync(golden), output);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_sample_is_valid(string name) => Assert.Equal(0, (await Fed("validate", Samples.File(name))).Code);

    [Fact]
    public async Task A_broken_manifest_ends_with_code_two_and_every_problem_with_its_line()
    {
        using var file = new TemporaryManifest("apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {name: demo}\nspec:\n  rounds: 0\n  clients: []\n  storage: {volume: {claimName: x}}\n");
        var (code, output, errors) = await Fed("validate", file.Path);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"{file.Path}:5: spec.rounds: 0 is out of range", errors, StringComparison.Ordinal);
        Assert.Contains($"{file.Path}:6: spec.clients: [] has no client", errors, StringComparison.Ordinal);
        Assert.EndsWith("2 problems; nothing was started.\n", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("plan")]
    public async Task What_a_podTemplate_may_not_say_is_found_before_the_cluster_says_so(string verb)
    {
        using var file = new TemporaryManifest("apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {name: demo}\nspec:\n  rounds: 1\n  clients: [{name: edge}]\n  storage: {volume: {claimName: x}}\n  trainer:\n    podTemplate:\n      spec:\n        hostNetwork: true\n");
        var (code, _, errors) = await Fed(verb, file.Path);

        Assert.Equal(2, code);
        Assert.Contains($"{file.Path}:11: spec.trainer.podTemplate.spec.hostNetwork: true would leave the pod's isolation; remove it", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{method: none}", "after the last, one for each BatchNorm layer: precise statistics")]
    [InlineData("{method: fedPer, blocks: 2}", "after the last, one for each shared BatchNorm layer: precise statistics")]
    [InlineData("{method: fedPer, blocks: 4}", null)]
    [InlineData("{method: lgFedAvg, blocks: 1}", null)]
    public async Task Rounds_for_precise_statistics_are_of_the_layers_that_are_shared(string personalization, string? line)
    {
        using var file = new TemporaryManifest($"apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {{name: demo}}\nspec:\n  rounds: 3\n  normalization: {{population: precise}}\n  personalization: {personalization}\n  clients: [{{name: edge, replicas: 2}}]\n  storage: {{volume: {{claimName: x}}}}\n");
        var (code, output, errors) = await Fed("plan", file.Path);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(line is not null, output.Contains("after the last, one for", StringComparison.Ordinal));
        Assert.Contains(line ?? "", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_ends_with_code_two() => Assert.Equal(2, (await Fed("validate", "/no/such.yaml")).Code);

    [Fact]
    public async Task Plan_as_json_is_what_trainers_read()
    {
        var (_, output, _) = await Fed("plan", Samples.File("fashion-mnist"), "--json");

        Assert.Equal(400, Core.Ledger.PlanJson.Read(System.Text.Encoding.UTF8.GetBytes(output)).Rounds);
    }

    private static async Task<(int Code, string Output, string Errors)> Fed(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await FedCommand.Create(output, errors).Parse(arguments).InvokeAsync();
        return (code, output.ToString(), errors.ToString());
    }

    private sealed class TemporaryManifest : IDisposable
    {
        public TemporaryManifest(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName() + ".yaml");

        public void Dispose() => File.Delete(Path);
    }
}
