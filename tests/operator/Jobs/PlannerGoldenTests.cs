using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class PlannerGoldenTests
{
    public static IEnumerable<object[]> Cases => GoldenFiles.Cases("planner");

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_plan_is_that_of_the_golden_file_and_planned_again_it_changes_nothing(string name)
    {
        var situation = new Situation(GoldenFiles.Given("planner", name));
        JobPlan? plan = null;
        foreach (var pass in situation.Passes)
        {
            var (job, now) = situation.Observe(pass);
            plan = JobPlanner.Plan(job, situation.Settings, now);
            situation.Apply(plan);
            pass.Remove("spec");
            pass.Remove("statusLost");
            pass.Remove("earlierVersion");
            var (again, _) = situation.Observe(pass);
            var second = JobPlanner.Plan(again, situation.Settings, now);
            Assert.Equal(Json(plan.Status), Json(second.Status));
            Assert.Empty(second.Events);
            Assert.Null(second.Control);
            Assert.Null(second.Publish);
            Assert.Null(second.CredentialsUntil);
            Assert.Equal(plan.Create.Select(p => p.Metadata.Name), second.Create.Select(p => p.Metadata.Name));
            Assert.Equal(plan.Delete, second.Delete);
        }
        GoldenFiles.Expect("planner", name, "expected.yaml", situation.Render(plan!));
    }

    [Fact]
    public void There_are_at_least_forty_cases_and_each_has_a_result() =>
        Assert.True(Cases.Count() >= 40);

    private static string Json(FederatedJobStatus status) => JsonSerializer.Serialize(status, ApiJson.Default.FederatedJobStatus);
}
