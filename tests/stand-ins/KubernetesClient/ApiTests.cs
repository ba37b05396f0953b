using k8s;
using k8s.Models;
using TorchSharp.Tests;

namespace FedOperator.KubernetesClient.Tests;

public sealed class ApiTests
{
    private static readonly Dictionary<string, HashSet<string>> Real =
        ApiListing.Read(new[] { "kubernetesclient-20.txt", "also-in-20.txt", "models-1.36.txt" }.Select(f => Path.Combine(AppContext.BaseDirectory, "api", f)));

    [Fact]
    public void Every_public_member_of_the_stand_in_is_in_the_real_package()
    {
        var strange = new List<string>();
        foreach (var type in typeof(Kubernetes).Assembly.GetTypes().Where(t => t.IsPublic || t.IsNestedPublic).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            var known = Real.GetValueOrDefault(type.FullName!) ?? [];
            var members = ApiListing.Members(type).Select(m => m.Replace("abstract ", "", StringComparison.Ordinal)).Where(m => !OfEveryRecord(type, m)).Distinct(StringComparer.Ordinal).ToList();
            // A type without members of its own must be listed as well.
            if (!Real.ContainsKey(type.FullName!))
                strange.Add($"## {type.FullName}");
            strange.AddRange(members.Where(m => !known.Contains(m) && !known.Contains("abstract " + m)).Select(m => $"## {type.FullName}\n  {m}"));
        }
        Assert.True(strange.Count == 0, $"{strange.Count} members exist only in the stand-in:\n{string.Join('\n', strange)}");
    }

    [Fact]
    public void A_member_that_is_not_listed_is_found()
    {
        Assert.DoesNotContain("prop string Invented {get;set;}", Real["k8s.Models.V1PodSpec"]);
        Assert.Contains("prop string Hostname {get;set;}", ApiListing.Members(typeof(V1PodSpec)));
        Assert.True(Real["k8s.Models.V1PodSpec"].Count > 40);
        Assert.True(Real["k8s.CustomObjectsOperationsExtensions"].Count > 80);
    }

    /// <summary>The two models that the package's listing spells out; so the others' rules hold where they can be checked.</summary>
    [Theory]
    [InlineData(typeof(V1PodSpec))]
    [InlineData(typeof(V1ObjectMeta))]
    public void A_listed_model_is_complete(Type model)
    {
        var listed = Real[model.FullName!].Where(m => m.EndsWith("{get;set;}", StringComparison.Ordinal));
        Assert.Equal(listed.Order(StringComparer.Ordinal), ApiListing.Members(model).Where(m => m.EndsWith("{get;set;}", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    // What the compiler adds to a record: the listings have it in part only.
    private static readonly HashSet<string> Synthesized = new(StringComparer.Ordinal)
    {
        "X()",
        "X(X original)",
        "X <Clone>$()",
        "bool Equals(X other)",
        "protected bool PrintMembers(StringBuilder builder)",
        "prop Type EqualityContract {get;}",
        "static bool op_Equality(X, X)",
        "static bool op_Inequality(X, X)",
    };

    private static bool OfEveryRecord(Type type, string member) =>
        type.GetMethod("<Clone>$") is not null && Synthesized.Contains(member.Replace(type.Name, "X", StringComparison.Ordinal));
}
