namespace TorchSharp.Tests;

public sealed class ApiTests
{
    private static readonly string[] Listings =
        [.. new[] { "torchsharp-0.107.txt", "torchsharp-0.107-tensor.txt", "also-in-0.107.txt" }.Select(f => Path.Combine(AppContext.BaseDirectory, "api", f))];

    [Fact]
    public void Every_public_member_of_the_stand_in_is_in_the_real_package()
    {
        var real = ApiListing.Read(Listings);
        var strange = new List<string>();
        foreach (var type in typeof(torch).Assembly.GetTypes().Where(t => t.IsPublic || (t.IsNested && Reachable(t))).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            var known = real.GetValueOrDefault(type.FullName!) ?? [];
            strange.AddRange(ApiListing.Members(type).Distinct(StringComparer.Ordinal).Where(m => !known.Contains(m)).Select(m => $"## {type.FullName}\n  {m}"));
        }
        Assert.True(strange.Count == 0, $"{strange.Count} members exist only in the stand-in:\n{string.Join('\n', strange)}");
    }

    [Fact]
    public void A_member_that_is_not_listed_is_found()
    {
        var real = ApiListing.Read(Listings);
        Assert.DoesNotContain("void invented()", real["TorchSharp.torch+Tensor"]);
        Assert.Contains("Tensor relu()", ApiListing.Members(typeof(torch.Tensor)));
        Assert.True(real["TorchSharp.torch+Tensor"].Count > 500);
    }

    private static bool Reachable(Type t) =>
        (t.IsNestedPublic || t.IsNestedFamily || t.IsNestedFamORAssem) && (t.DeclaringType!.IsPublic || (t.DeclaringType.IsNested && Reachable(t.DeclaringType)));
}
