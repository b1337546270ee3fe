// TeamCity, as Kotlin settings. The parameters env.JIRA_USER_EMAIL, env.JIRA_API_TOKEN and env.GITHUB_TOKEN are passwords
// that only the configuration `casefile` has; the scanner's configuration does not have them.
import jetbrains.buildServer.configs.kotlin.*
import jetbrains.buildServer.configs.kotlin.buildFeatures.pullRequests
import jetbrains.buildServer.configs.kotlin.buildSteps.script
import jetbrains.buildServer.configs.kotlin.triggers.vcs

version = "2024.12"

project {
    buildType(Scan)
    buildType(Casefile)
}

object Scan : BuildType({
    name = "scan"
    artifactRules = "reports => reports"
    vcs { root(DslContext.settingsRoot) }
    steps {
        script {
            dockerImage = "semgrep/semgrep:1.182.0"
            scriptContent = "mkdir -p reports && semgrep scan --config p/default --sarif --output reports/semgrep.sarif"
        }
    }
})

object Casefile : BuildType({
    name = "casefile"
    maxRunningBuilds = 1
    params { param("env.CASEFILE_VERSION", "0.1.0") }
    vcs { root(DslContext.settingsRoot) }
    dependencies {
        dependency(Scan) {
            snapshot { onDependencyFailure = FailureAction.FAIL_TO_START }
            artifacts { artifactRules = "reports => reports" }
        }
    }
    triggers { vcs { branchFilter = "+:*" } }
    features {
        pullRequests {
            provider = github {
                authType = token { token = "credentialsJSON:github-token" }
                filterAuthorRole = PullRequests.GitHubRoleFilter.MEMBER
            }
        }
    }
    steps {
        script {
            scriptContent = """
                base=https://github.com/casefile/casefile/releases/download/v${'$'}CASEFILE_VERSION
                archive=casefile-${'$'}CASEFILE_VERSION-x86_64-unknown-linux-musl
                curl -fsSL --remote-name-all "${'$'}base/SHA256SUMS" "${'$'}base/${'$'}archive.tar.gz"
                sha256sum --check --ignore-missing SHA256SUMS
                tar -xzf "${'$'}archive.tar.gz" --strip-components 1 "${'$'}archive/casefile"
                ./casefile run --reports 'reports/*.sarif'
            """.trimIndent()
        }
    }
})
